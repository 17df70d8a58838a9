// main NAME: the kernels of memory_kernels.cpp and csp_kernels.cpp in Go.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

type random uint64

func (r *random) next() uint64 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint64(*r) >> 33
}

func matrix() uint64 {
	const side = 320
	a := make([]float64, side*side)
	b := make([]float64, side*side)
	c := make([]float64, side*side)
	r := random(1)
	for i := range a {
		a[i] = float64(r.next() % 10)
	}
	for i := range b {
		b[i] = float64(r.next() % 10)
	}
	for i := 0; i < side; i++ {
		for j := 0; j < side; j++ {
			sum := 0.0
			for k := 0; k < side; k++ {
				sum += a[i*side+k] * b[k*side+j]
			}
			c[i*side+j] = sum
		}
	}
	sum := 0.0
	for _, x := range c {
		sum += x
	}
	return uint64(sum)
}

func sorting() uint64 {
	const count = 1000000
	values := make([]uint64, count)
	r := random(1)
	for i := range values {
		values[i] = r.next()
	}
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	return values[count/2]
}

func hashMap() uint64 {
	counts := map[uint64]uint64{}
	r := random(1)
	for i := 0; i < 2000000; i++ {
		counts[r.next()%100000]++
	}
	most := uint64(0)
	for _, count := range counts {
		most = max(most, count)
	}
	return most
}

func texts() uint64 {
	length := 0
	kept := make([]string, 64)
	for i := 0; i < 400000; i++ {
		line := "line number " + strconv.Itoa(i)
		line += ", and some more of it"
		length += len(line) + strings.Index(line, "more")
		kept[i%len(kept)] = line
	}
	return uint64(length)
}

type shape interface{ area() uint64 }
type square struct{ side uint64 }
type rectangle struct{ width, height uint64 }

func (s *square) area() uint64    { return s.side * s.side }
func (r *rectangle) area() uint64 { return r.width * r.height }

func virtualCalls() uint64 {
	var shapes []shape
	r := random(1)
	for i := 0; i < 1000; i++ {
		size := r.next() % 100
		if r.next()%2 == 0 {
			shapes = append(shapes, &square{size})
		} else {
			shapes = append(shapes, &rectangle{size, size + 1})
		}
	}
	sum := uint64(0)
	for round := 0; round < 20000; round++ {
		for _, s := range shapes {
			sum += s.area()
		}
	}
	return sum
}

//go:noinline
func fibonacci(n uint64) uint64 {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

func recursion() uint64 { return fibonacci(35) }

func largeData() uint64 {
	data := make([]uint64, 32<<20)
	for i := range data {
		data[i] = uint64(i)
	}
	sum := uint64(0)
	for _, value := range data {
		sum += value
	}
	return sum
}

func stage(from, to chan int) {
	for value := range from {
		to <- value + 1
	}
	close(to)
}

func pipeline() uint64 {
	from := make(chan int, 64)
	go func(to chan int) {
		for i := 0; i < 300000; i++ {
			to <- i
		}
		close(to)
	}(from)
	for s := 0; s < 3; s++ {
		to := make(chan int, 64)
		go stage(from, to)
		from = to
	}
	sum := uint64(0)
	for value := range from {
		sum += uint64(value)
	}
	return sum
}

const workers = 4

func mutexCounter() uint64 {
	var mutex sync.Mutex
	var all sync.WaitGroup
	count := uint64(0)
	for w := 0; w < workers; w++ {
		all.Go(func() {
			for i := 0; i < 500000; i++ {
				mutex.Lock()
				count++
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	return count
}

func atomicCounter() uint64 {
	var count atomic.Uint64
	var all sync.WaitGroup
	for w := 0; w < workers; w++ {
		all.Go(func() {
			for i := 0; i < 1000000; i++ {
				count.Add(1)
			}
		})
	}
	all.Wait()
	return count.Load()
}

func spawnJoin() uint64 {
	sum := uint64(0)
	for i := 0; i < 200000; i++ {
		var one sync.WaitGroup
		one.Go(func() { sum += uint64(i) })
		one.Wait()
	}
	return sum
}

func ring() uint64 {
	const members, rounds = 500, 1000
	first := make(chan int)
	from := first
	for i := 1; i < members; i++ {
		to := make(chan int)
		go stage(from, to)
		from = to
	}
	go func() { first <- 0 }()
	value := 0
	for round := 0; round < rounds; round++ {
		value = <-from
		if round+1 < rounds {
			first <- value + 1
		}
	}
	close(first)
	<-from
	return uint64(value)
}

func fanIn() uint64 {
	const senders, each = 1000, 400
	all := make(chan int)
	for s := 0; s < senders; s++ {
		go func() {
			for i := 0; i < each; i++ {
				all <- i
			}
		}()
	}
	sum := uint64(0)
	for i := 0; i < senders*each; i++ {
		sum += uint64(<-all)
	}
	return sum
}

func seconds(t syscall.Timeval) float64 {
	return float64(t.Sec) + float64(t.Usec)*1e-6
}

func processorSeconds() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return seconds(u.Utime) + seconds(u.Stime)
}

// The kernel's own count would begin with what this process was before exec().
func largestResidentKB() int {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.Atoi(fields[1])
			return kilobytes
		}
	}
	return 0
}

func main() {
	kernels := map[string]func() uint64{
		"matrix": matrix, "sort": sorting, "hash-map": hashMap,
		"strings": texts, "virtual": virtualCalls, "recursion": recursion,
		"large-data": largeData, "pipeline": pipeline, "mutex": mutexCounter,
		"atomic": atomicCounter, "spawn-join": spawnJoin, "ring": ring,
		"fan-in": fanIn,
	}
	kernel, ok := kernels[os.Args[1]]
	if !ok {
		os.Exit(1)
	}
	before := processorSeconds()
	result := kernel()
	taken := processorSeconds() - before
	fmt.Printf("%.6f %d %d\n", taken, largestResidentKB(), result)
}
