// The parts of the page, as they are in tool/explain/page and third_party.

        .macro asset name, path:vararg
        .globl \name
        .p2align 3
\name:
        .incbin \path
        .endm

        .section .rodata,"a",@progbits
        asset chansan_page_html, CHANSAN_PAGE_HTML
        .byte 0
        asset chansan_page_css, CHANSAN_PAGE_CSS
        .byte 0
        // Every page is a copy of dagre, which its licence goes with.
        .globl chansan_page_layout
chansan_page_layout:
        .ascii "/*\n"
        .incbin CHANSAN_PAGE_DAGRE_LICENSE
        .ascii "*/\n"
        .incbin CHANSAN_PAGE_DAGRE
        .byte 0
        asset chansan_page_script, CHANSAN_PAGE_GRAPH
        .incbin CHANSAN_PAGE_JS
        .byte 0

        .section .note.GNU-stack,"",@progbits
