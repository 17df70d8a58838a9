// Switching stacks on x86-64, System V ABI.
//
// A suspended context is its stack pointer, 16-byte aligned; above it lie
//   +0 mxcsr  +4 x87 control word  +8 r15  +16 r14  +24 r13  +32 r12
//   +40 rbx  +48 rbp  +56 rip
// which are exactly the registers that a call must preserve. The call frame
// information says so too, so that unwinders walk suspended stacks.

        .text

// void csp_switch(Context* from, Context* to, bool* inside, bool value)
// Context: +0 stack pointer, +8 on_cpu (32 bits).
//
// Order: `from` becomes resumable (on_cpu = 0) only after the last use of its
// stack, and *inside becomes `value` after that; x86 does not reorder the
// stores. The pop and jump instead of a ret
// avoids a certain misprediction of the return.
        .globl csp_switch
        .hidden csp_switch
        .type csp_switch, @function
        .p2align 4
csp_switch:
        .cfi_startproc
        pushq %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr 0(%rsp)
        fnstcw 4(%rsp)
        movl 0(%rsp), %eax
        movzwl 4(%rsp), %r8d
        movq %rsp, 0(%rdi)
        movl $1, 8(%rsi)
        movq 0(%rsi), %rsp
        movl $0, 8(%rdi)
        movb %cl, 0(%rdx)
        // Loading the control registers is slow, and they seldom differ.
        cmpl 0(%rsp), %eax
        jne 2f
1:      cmpw 4(%rsp), %r8w
        jne 3f
4:      addq $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        popq %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register %rip, %rcx
        jmp *%rcx
        .cfi_adjust_cfa_offset 64
        .cfi_offset %rip, -8
        .cfi_offset %rbp, -16
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
2:      ldmxcsr 0(%rsp)
        jmp 1b
3:      fldcw 4(%rsp)
        jmp 4b
        .cfi_endproc
        .size csp_switch, .-csp_switch

// void csp_call_on(void* suspended, void (*function)(void*), void* argument)
// Calls the function as if the suspended context called it: a backtrace taken
// there is that context's own. The context stays suspended.
        .globl csp_call_on
        .hidden csp_call_on
        .type csp_call_on, @function
        .p2align 4
csp_call_on:
        .cfi_startproc
        pushq %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        movq %rsp, %rbx
        .cfi_remember_state
        movq %rdi, %rsp
        .cfi_def_cfa %rsp, 64
        .cfi_offset %rip, -8
        .cfi_offset %rbp, -16
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        movq %rdx, %rdi
        call *%rsi
        nop
        movq %rbx, %rsp
        .cfi_restore_state
        popq %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        ret
        .cfi_endproc
        .size csp_call_on, .-csp_call_on

// Where a new goroutine begins: its first saved r12 is the Goroutine. The end
// of every backtrace.
        .globl csp_entry
        .hidden csp_entry
        .type csp_entry, @function
        .p2align 4
csp_entry:
        .cfi_startproc
        .cfi_undefined %rip
        movq %r12, %rdi
        call csp_goroutine_main
        ud2
        .cfi_endproc
        .size csp_entry, .-csp_entry

        .section .note.GNU-stack,"",@progbits
