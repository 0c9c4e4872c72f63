/*
 * Lets the user-mode kernel run on processors whose register file is larger than the one it was built for.
 *
 * The 6.1 kernel keeps a guest's floating-point registers in a buffer of fixed size, and hands that to
 * ptrace(PTRACE_SETREGSET, NT_X86_XSTATE). The host answers EFAULT unless it gets every register it knows, and on a
 * processor with AMX that is 8 KiB more: the guest dies at its first process. Preloaded, this function takes libc's
 * place and fills what is missing with zeros, the initial state, which is what the guest's programs have there: no
 * guest can ask for AMX.
 *
 * It is compiled without headers and without start files, so that a compiler alone will do.
 */

#define SYS_PTRACE 101
#define PTRACE_PEEKTEXT 1
#define PTRACE_PEEKUSER 3
#define PTRACE_SETREGSET 0x4205
#define NT_X86_XSTATE 0x202

struct iovec {
	void *base;
	unsigned long length;
};

extern long syscall(long number, ...);
extern int *__errno_location(void);

/* Larger than any register file; the host takes what it knows of. Static: the kernel's stacks are small. */
static unsigned char registers[1 << 16];

long ptrace(int request, int process, void *address, void *data)
{
	if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
		const struct iovec *given = data;
		struct iovec whole = { registers, sizeof registers };
		unsigned long i;

		for (i = 0; i < given->length && i < sizeof registers; i++)
			registers[i] = ((const unsigned char *)given->base)[i];
		return syscall(SYS_PTRACE, request, process, address, &whole);
	}
	if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
		/* The system call stores the word, libc's function returns it. */
		long word = 0;

		if (syscall(SYS_PTRACE, request, process, address, &word) < 0)
			return -1;
		*__errno_location() = 0;
		return word;
	}
	return syscall(SYS_PTRACE, request, process, address, data);
}
