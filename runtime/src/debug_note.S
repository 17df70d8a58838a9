// What leads a debugger to csp_debug_layout (debug_layout.h): the ELF note,
// which survives strip, and the script that gdb loads by itself.

        .section .note.csp,"a",@note
        .globl csp_debug_note
        .hidden csp_debug_note
        .p2align 2
csp_debug_note:
        .long 4         // bytes of the name
        .long 8         // bytes of what follows it
        .long 1         // kDebugLayoutNote
        .asciz "CSP"
        .long 1         // kDebugLayoutVersion
        .long csp_debug_layout - .

        .section .debug_gdb_scripts,"MS",@progbits,1
        .byte 4         // a Python script in place, its name first
        .ascii "csp-goroutines\n"
        .incbin CSP_GDB_SCRIPT
        .byte 0

        .section .note.GNU-stack,"",@progbits
