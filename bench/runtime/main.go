// main NAME PROCESSORS: the kernels of runtime_bench.cpp in Go.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

type kernel struct {
	operations int
	run        func(n int)
}

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
		producers.Go(func() {
			for i := 0; i < n/8; i++ {
				c <- i
			}
		})
		consumers.Go(func() {
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
		both.Go(func() {
			for i := 0; i < n/2; i++ {
				runtime.Gosched()
			}
		})
	}
	both.Wait()
}

func spawnAndJoinOne(n int) {
	for i := 0; i < n; i++ {
		var one sync.WaitGroup
		one.Go(func() {})
		one.Wait()
	}
}

func spawnBatch(n int) {
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		all.Go(func() {})
	}
	all.Wait()
}

func eight(capacity int) [8]chan int {
	var c [8]chan int
	for i := range c {
		c[i] = make(chan int, capacity)
	}
	return c
}

func select2(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	}
}

func select4(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	}
}

func select8(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	case <-c[4]:
		return 4
	case <-c[5]:
		return 5
	case <-c[6]:
		return 6
	case <-c[7]:
		return 7
	}
}

func selectReady(one func(*[8]chan int) int) func(int) {
	return func(n int) {
		c := eight(1)
		for i := range c {
			c[i] <- 0
		}
		for i := 0; i < n; i++ {
			c[one(&c)] <- 0
		}
	}
}

func selectBlocked(one func(*[8]chan int) int, cases int) func(int) {
	return func(n int) {
		c := eight(0)
		go func() {
			for i := 0; i < n; i++ {
				c[i%cases] <- i
			}
		}()
		for i := 0; i < n; i++ {
			one(&c)
		}
	}
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
		all.Go(func() {
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
		all.Go(func() {
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

func sieve(primes int) {
	stop := make(chan struct{})
	in := make(chan int)
	go func(out chan int) {
		for i := 2; ; i++ {
			select {
			case out <- i:
			case <-stop:
				return
			}
		}
	}(in)
	for i := 0; i < primes; i++ {
		prime := <-in
		out := make(chan int)
		go func(in chan int) {
			for {
				select {
				case v := <-in:
					if v%prime == 0 {
						continue
					}
					select {
					case out <- v:
					case <-stop:
						return
					}
				case <-stop:
					return
				}
			}
		}(in)
		in = out
	}
	close(stop)
}

func parked(n int) {
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		all.Go(func() { <-gate })
	}
	runtime.Gosched()
	close(gate)
	all.Wait()
}

func sleepers(n int) {
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		all.Go(func() { time.Sleep(time.Duration(1+i%50) * time.Millisecond) })
	}
	all.Wait()
}

var kernels = map[string]kernel{
	"ping_pong":        {500000, pingPong},
	"stream":           {500000, stream(0)},
	"buffered":         {1000000, stream(128)},
	"many_to_many":     {1000000, manyToMany},
	"yield":            {1000000, yieldBetweenTwo},
	"spawn_one":        {300000, spawnAndJoinOne},
	"spawn_batch":      {1000000, spawnBatch},
	"select_2_ready":   {500000, selectReady(select2)},
	"select_4_ready":   {500000, selectReady(select4)},
	"select_8_ready":   {500000, selectReady(select8)},
	"select_2_blocked": {500000, selectBlocked(select2, 2)},
	"select_4_blocked": {500000, selectBlocked(select4, 4)},
	"select_8_blocked": {500000, selectBlocked(select8, 8)},
	"mutex":            {5000000, mutexUncontended},
	"mutex_contended":  {800000, mutexContended},
	"ring":             {500000, ring},
	"sieve":            {1000, sieve},
	"parked":           {200000, parked},
	"sleepers":         {100000, sleepers},
}

func main() {
	processors, _ := strconv.Atoi(os.Args[2])
	runtime.GOMAXPROCS(processors)
	k := kernels[os.Args[1]]
	best := math.Inf(1)
	for round := 0; round < 3; round++ {
		begin := time.Now()
		k.run(k.operations)
		took := float64(time.Since(begin).Nanoseconds()) / float64(k.operations)
		best = math.Min(best, took)
	}
	fmt.Printf("%.1f\n", best)
}
