/*
 * sandbox.c - see sandbox.h; seccomp(2) through libseccomp.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "proto/sanitized.h"
#include "server/sandbox.h"

/* Networks and libraries take about one gigabyte of addresses; one large picture adds 70 MB. */
#define ADDRESS_SPACE (4ull << 30)

/* What computing, memory, locks, time and the open descriptors need. */
static const char *const allowed[] = {
	"read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg", "poll", "ppoll",
	"close", "fstat", "lseek",
	"brk", "munmap", "mremap", "madvise",
	"futex", "sched_yield", "sched_getaffinity", "rseq", "set_robust_list",
	"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
	"getpid", "gettid", "getrusage", "getcpu",
	"exit", "exit_group",
};

/* What only a break-in would try. */
static const char *const deadly[] = {
	"execve", "execveat", "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
	"ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open",
	"pidfd_send_signal", "bpf", "userfaultfd", "keyctl", "mount",
	"init_module", "finit_module", "kexec_load", "setuid", "setresuid", "unshare", "setns",
};

static bool
close_others(int keep_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool ok = null >= 0 && keep_fd > 2 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0;

	if (ok && keep_fd > 3)
		ok = close_range(3, (unsigned)keep_fd - 1, 0) == 0;
	return ok && close_range((unsigned)keep_fd + 1, ~0u, 0) == 0;
}

static bool
limit(__rlimit_resource_t what, rlim_t most)
{
	return setrlimit(what, &(struct rlimit){ most, most }) == 0;
}

/* RLIMIT_FSIZE is left alone: stderr may be a log file, and no other file can be written. */
static bool
set_limits(int keep_fd)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) &&
	    limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_NOFILE, (rlim_t)keep_fd + 1) &&
	    (SANITIZED || limit(RLIMIT_AS, ADDRESS_SPACE));
}

/* Unknown names (another architecture) are passed over: they stay refused. */
static bool
add_rules(scmp_filter_ctx filter, uint32_t action, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int number = seccomp_syscall_resolve_name(name[i]);

		if (number != __NR_SCMP_ERROR && seccomp_rule_add(filter, action, number, 0) != 0)
			return false;
	}
	return true;
}

/* Memory yes, executable memory no. */
static bool
add_memory_rules(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp not_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_exec) == 0 &&
	    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_exec) == 0;
}

/* Signals to itself, which abort() needs, and to nobody else. */
static bool
add_signal_rules(scmp_filter_ctx filter)
{
	const scmp_datum_t self = (scmp_datum_t)getpid();
	const struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, self, 0), other = SCMP_A0(SCMP_CMP_NE, self, 0);

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own) == 0 &&
	    seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(tgkill), 1, &other) == 0;
}

static bool
set_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
	    add_rules(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]) &&
	    add_memory_rules(filter) && add_signal_rules(filter) &&
	    add_rules(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof deadly[0]) &&
	    seccomp_load(filter) == 0;

	if (filter != NULL)
		seccomp_release(filter);
	return ok;
}

enum rc
sandbox_enter(int keep_fd, char *err, size_t err_n)
{
	const char *step = "close descriptors";

	if (!close_others(keep_fd))
		goto fail;
	step = "set resource limits";
	if (!set_limits(keep_fd))
		goto fail;
	step = "give up new privileges";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		goto fail;
	step = "set the system call filter (the kernel needs CONFIG_SECCOMP_FILTER)";
	if (!set_filter())
		goto fail;
	return RC_OK;
fail:
	(void)snprintf(err, err_n, "sandbox: cannot %s: %s", step, strerror(errno));
	return RC_IO;
}
