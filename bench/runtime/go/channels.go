package main

import (
	"runtime"
	"sync"
)

func pingPong(n int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			<-there
			back <- i
		}
	}()
	for i := 0; i < n; i++ {
		there <- i
		<-back
	}
}

func stream(capacity int) func(int) {
	return func(n int) {
		c := make(chan int, capacity)
		go func() {
			for i := 0; i < n; i++ {
				c <- i
			}
			close(c)
		}()
		for range c {
		}
	}
}

func manyToMany(n int) {
	c := make(chan int, 128)
	var producers, consumers sync.WaitGroup
	for g := 0; g < 8; g++ {
		start(&producers, func() {
			for i := 0; i < n/8; i++ {
				c <- i
			}
		})
		start(&consumers, func() {
			for range c {
			}
		})
	}
	producers.Wait()
	close(c)
	consumers.Wait()
}

func yieldBetweenTwo(n int) {
	var both sync.WaitGroup
	for g := 0; g < 2; g++ {
		start(&both, func() {
			for i := 0; i < n/2; i++ {
				runtime.Gosched()
			}
		})
	}
	both.Wait()
}

func mutexUncontended(n int) {
	var m sync.Mutex
	for i := 0; i < n; i++ {
		m.Lock()
		m.Unlock()
	}
}

func mutexContended(n int) {
	var m sync.Mutex
	var all sync.WaitGroup
	for g := 0; g < 8; g++ {
		start(&all, func() {
			for i := 0; i < n/8; i++ {
				m.Lock()
				m.Unlock()
			}
		})
	}
	all.Wait()
}

func ring(n int) {
	const members = 10000
	first := make(chan int)
	in := first
	var all sync.WaitGroup
	for i := 0; i < members-1; i++ {
		from, out := in, make(chan int)
		start(&all, func() {
			for token := range from {
				out <- token
			}
			close(out)
		})
		in = out
	}
	for round := 0; round < n/members; round++ {
		first <- round
		<-in
	}
	close(first)
	<-in
	all.Wait()
}

// Sieve of Eratosthenes, a filter for each prime.
func sieve(primes int) {
	in := make(chan int)
	go func(out chan int) {
		for i := 2; ; i++ {
			out <- i
		}
	}(in)
	for i := 0; i < primes; i++ {
		prime := <-in
		out := make(chan int)
		go func(in chan int) {
			for v := range in {
				if v%prime != 0 {
					out <- v
				}
			}
		}(in)
		in = out
	}
}

// Out to eight workers and back in.
func fanIn(n int) {
	jobs, results := make(chan int, 64), make(chan int, 64)
	for g := 0; g < 8; g++ {
		go func() {
			for job := range jobs {
				results <- job + 1
			}
		}()
	}
	go func() {
		for i := 0; i < n; i++ {
			jobs <- i
		}
		close(jobs)
	}()
	for i := 0; i < n; i++ {
		<-results
	}
}

// Held across a yield, so that others come to wait for it.
func mutexAcrossYield(n int) {
	var m sync.Mutex
	var all sync.WaitGroup
	for g := 0; g < 8; g++ {
		start(&all, func() {
			for i := 0; i < n/8; i++ {
				m.Lock()
				runtime.Gosched()
				m.Unlock()
			}
		})
	}
	all.Wait()
}
