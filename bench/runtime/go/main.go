// main NAME PROCESSORS: the kernels of csp_bench in Go.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"
)

type kernel struct {
	operations int
	run        func(n int)
	wall       bool // measured by the time that passes, always
	once       bool // one round, without a warm-up
}

var kernels = map[string]kernel{
	"ping_pong":        {operations: 500000, run: pingPong},
	"stream":           {operations: 1000000, run: stream(0)},
	"buffered":         {operations: 2000000, run: stream(128)},
	"many_to_many":     {operations: 2000000, run: manyToMany},
	"yield":            {operations: 2000000, run: yieldBetweenTwo},
	"spawn_one":        {operations: 300000, run: spawnAndJoinOne},
	"spawn_batch":      {operations: 1000000, run: spawnBatch},
	"select_2_ready":   {operations: 1000000, run: selectReady(select2, 2)},
	"select_4_ready":   {operations: 1000000, run: selectReady(select4, 4)},
	"select_8_ready":   {operations: 1000000, run: selectReady(select8, 8)},
	"select_2_blocked": {operations: 500000, run: selectBlocked(select2, 2)},
	"select_4_blocked": {operations: 500000, run: selectBlocked(select4, 4)},
	"select_8_blocked": {operations: 500000, run: selectBlocked(select8, 8)},
	"mutex":            {operations: 5000000, run: mutexUncontended},
	"mutex_contended":  {operations: 2000000, run: mutexContended},
	"mutex_yield":      {operations: 400000, run: mutexAcrossYield},
	"ring":             {operations: 500000, run: ring},
	"sieve":            {operations: 2000, run: sieve},
	"fan_in":           {operations: 1000000, run: fanIn},
	"parked":           {operations: 1000000, run: parked, once: true},
	"memory":           {operations: 1000000, run: memory, wall: true, once: true},
	"sleepers":         {operations: 100000, run: sleepers, wall: true},
	"echo_1":           {operations: 20000, run: echo(1), wall: true},
	"echo_64":          {operations: 32000, run: echo(64), wall: true},
}

// start runs f in a goroutine that all waits for, as WaitGroup.Go does since
// Go 1.25.
func start(all *sync.WaitGroup, f func()) {
	all.Add(1)
	go func() {
		f()
		all.Done()
	}()
}

func spin(processors int) {
	deadline := time.Now().Add(100 * time.Millisecond)
	var all sync.WaitGroup
	for p := 0; p < processors; p++ {
		start(&all, func() {
			for time.Now().Before(deadline) {
			}
		})
	}
	all.Wait()
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func measure(k kernel, cpu bool) float64 {
	rounds := 3
	if k.once {
		rounds = 1
	} else {
		k.run(k.operations / 10)
	}
	var times []float64
	for round := 0; round < rounds; round++ {
		begin, beginCPU := time.Now(), cpuTime()
		k.run(k.operations)
		took := time.Since(begin)
		if cpu {
			took = cpuTime() - beginCPU
		}
		times = append(times, float64(took)/float64(k.operations))
	}
	sort.Float64s(times)
	return times[len(times)/2]
}

func main() {
	processors, _ := strconv.Atoi(os.Args[2])
	runtime.GOMAXPROCS(processors)
	spin(processors)
	k := kernels[os.Args[1]]
	fmt.Printf("ns %.1f\n", measure(k, processors == 1 && !k.wall))
}
