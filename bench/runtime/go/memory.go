package main

import (
	"fmt"
	"os"
	"time"
)

type kibibytes struct{ resident, pageTables int }

// What this process has of the machine's memory.
func memoryNow() kibibytes {
	var now kibibytes
	status, _ := os.Open("/proc/self/status")
	defer status.Close()
	var word string
	for {
		if _, err := fmt.Fscan(status, &word); err != nil {
			return now
		}
		switch word {
		case "VmRSS:":
			fmt.Fscan(status, &now.resident)
		case "VmPTE:":
			fmt.Fscan(status, &now.pageTables)
		}
	}
}

func printParked(before kibibytes, n int) {
	now := memoryNow()
	fmt.Printf("bytes_each %.1f\n",
		float64(now.resident-before.resident)*1024/float64(n))
	fmt.Printf("page_table_bytes_each %.1f\n",
		float64(now.pageTables-before.pageTables)*1024/float64(n))
}

// As MemoryFigures::ended() in harness.cpp.
func printEnded(before kibibytes) {
	least := memoryNow()
	for i, unchanged := 0, 0; i < 60 && unchanged < 5; i++ {
		time.Sleep(time.Second)
		unchanged++
		if now := memoryNow(); now.resident < least.resident {
			least, unchanged = now, 0
		}
	}
	fmt.Printf("start_kib %d\nleft_kib %d\nleft_page_tables_kib %d\n",
		before.resident, least.resident, least.pageTables)
}
