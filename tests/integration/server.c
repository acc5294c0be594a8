/*
 * server.c - see server.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/server.h"

#define SERVER_START_MS 20000
#define SERVER_MAIL_MS  10000

static void __attribute__((noreturn, format(printf, 1, 2)))
give_up(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static int64_t
now_mono(void)
{
	return clock_mono_ms(clock_system());
}

/* A moment between two looks. */
static void
pause_briefly(void)
{
	(void)!poll(NULL, 0, 10);
}

/* An address of this machine that nobody listens on now. */
static void
free_address(char dst[static 32])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		give_up("no free port: %s", strerror(errno));
	close(fd);
	snprintf(dst, 32, "127.0.0.1:%u", ntohs(a.sin_port));
}

static void
make_key(const struct server *s, const char *name, const char *kind, const uint8_t *key, size_t n)
{
	char path[128], err[256];

	snprintf(path, sizeof path, "%s/keys/%s", s->db->dir, name);
	if (keyfile_write(path, kind, key, n, err, sizeof err) != RC_OK)
		give_up("%s", err);
}

static void
make_seal_public(const struct server *s, const uint8_t pub[static SIGN_PUBLIC_BYTES])
{
	char path[128], hex[2 * SIGN_PUBLIC_BYTES + 1];
	FILE *f;

	snprintf(path, sizeof path, "%s/seal.pub", s->db->dir);
	hex_put(pub, SIGN_PUBLIC_BYTES, hex);
	if ((f = fopen(path, "w")) == NULL)
		give_up("cannot write %s", path);
	fprintf(f, "%s\n", hex);
	fclose(f);
}

static void
make_keys(struct server *s)
{
	uint8_t key[KEY_BYTES], sign[SIGN_SECRET_BYTES], pub[SIGN_PUBLIC_BYTES];
	static const char *const random_keys[] = { "master", "code", "outbox" };
	char name[32], path[128];

	snprintf(path, sizeof path, "%s/keys", s->db->dir);
	if (mkdir(path, 0700) != 0)
		give_up("cannot make %s", path);
	curve_keypair(s->public_key, key);
	make_key(s, "server.curve", "curve", key, sizeof key);
	for (size_t i = 0; i < 3; i++) {
		rng_fill(rng_system(), key, sizeof key);
		snprintf(name, sizeof name, "%s.key", random_keys[i]);
		make_key(s, name, random_keys[i], key, sizeof key);
	}
	sign_keypair(pub, sign);
	make_key(s, "seal.sign", "sign", sign, sizeof sign);
	make_seal_public(s, pub);
}

void
server_configure(struct server *s, const char *extra)
{
	const char *bin = getenv("COUNTERSIGN_BIN"), *source = getenv("COUNTERSIGN_SOURCE");
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/server.conf", s->db->dir);
	if ((f = fopen(path, "w")) == NULL)
		give_up("cannot write %s", path);
	fprintf(f, "listen_control = \"%s\"\nlisten_video = \"%s\"\ndesks = 2\nseal_every_ms = 500\n"
	    "database {\n socket = \"db/mariadb.sock\"\n password_file = \"db/server.password\"\n}\n"
	    "admin_database { password_file = \"db/admin.password\" }\n"
	    "user = \"\"\n"	/* the programs may lie where no other user can reach them */
	    "vision {\n user = \"\"\n program = \"%s/countersign-vision\"\n models = \"%s/models\"\n}\n%s\n",
	    s->control, s->video, bin != NULL ? bin : ".", source != NULL ? source : ".", extra);
	fclose(f);
}

struct server *
server_make(const char *extra)
{
	struct server *s = calloc(1, sizeof *s);

	if (s == NULL)
		give_up("out of memory");
	s->consoles = CONSOLE_TERMINAL;
	s->db = private_db_start(true);
	s->db->time.utc_ms = clock_utc_ms(clock_system());
	s->stores = private_db_open(s->db, "countersign_admin", "test/admin");
	free_address(s->control);
	free_address(s->video);
	make_keys(s);
	server_configure(s, extra);
	return s;
}

/* Does somebody listen there? */
static bool
is_served(const char *address)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there;

	a.sin_port = htons((uint16_t)atoi(strchr(address, ':') + 1));
	there = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	if (fd >= 0)
		close(fd);
	return there;
}

/* Starts one of the programs with this configuration and up to two words more. */
static pid_t
server_run(const struct server *s, const char *name, const char *word, const char *next)
{
	const char *bin = getenv("COUNTERSIGN_BIN");
	char program[512], config[128];
	pid_t pid;

	snprintf(program, sizeof program, "%s/%s", bin != NULL ? bin : ".", name);
	snprintf(config, sizeof config, "%s/server.conf", s->db->dir);
	fflush(NULL);
	if ((pid = fork()) != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);	/* it does not outlive a test that gave up */
	if (getenv("COUNTERSIGN_TEST_LOG") == NULL) {
		int quiet = open("/dev/null", O_WRONLY);

		dup2(quiet, STDOUT_FILENO);
		dup2(quiet, STDERR_FILENO);
	}
	execl(program, program, "--config", config, word, next, (char *)NULL);
	_exit(127);
}

static int
server_wait(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
server_check(struct server *s)
{
	return server_wait(server_run(s, "countersignd", "--check", NULL));
}

int
server_verify(struct server *s)
{
	return server_wait(server_run(s, "countersign-admin", "audit", "verify"));
}

void
server_start(struct server *s)
{
	int64_t until = now_mono() + SERVER_START_MS;
	pid_t pid = server_run(s, "countersignd", NULL, NULL);

	s->pid = pid;
	while (!is_served(s->video)) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			give_up("the server does not start; run the test with COUNTERSIGN_TEST_LOG=1");
		if (now_mono() > until)
			give_up("the server does not serve in time");
		pause_briefly();
	}
}

static int
server_end(struct server *s, int sig)
{
	pid_t pid = (pid_t)s->pid;

	if (pid == 0)
		return 0;
	s->pid = 0;
	kill(pid, sig);
	return server_wait(pid);
}

int
server_stop(struct server *s)
{
	return server_end(s, SIGTERM);
}

void
server_kill(struct server *s)
{
	(void)server_end(s, SIGKILL);
}

void
server_kill_workers(struct server *s)
{
	char path[64];
	struct dirent *e;
	DIR *d = opendir("/proc");

	while (d != NULL && (e = readdir(d)) != NULL) {
		long pid = strtol(e->d_name, NULL, 10), parent = 0;
		FILE *f;

		snprintf(path, sizeof path, "/proc/%ld/stat", pid);
		if (pid <= 1 || (f = fopen(path, "r")) == NULL)
			continue;
		if (fscanf(f, "%*d (%*[^)]) %*c %ld", &parent) == 1 && parent == s->pid)
			kill((pid_t)pid, SIGKILL);
		fclose(f);
	}
	if (d != NULL)
		closedir(d);
}

void
server_drop(struct server *s)
{
	if (s == NULL)
		return;
	(void)server_stop(s);
	stores_close(s->stores);
	private_db_stop(s->db);
	free(s);
}

uint64_t
server_terminal(struct server *s, const struct client_key *key)
{
	struct terminal list[64];
	size_t n = 0;

	if (s->stores->terminal.ops->list(&s->stores->terminal, list, 64, &n) != RC_OK)
		give_up("the terminals cannot be read");
	for (size_t i = 0; i < n; i++)
		if (memcmp(list[i].public_key, key->public_key, KEY_BYTES) == 0)
			return list[i].id;
	return 0;
}

void
server_accept_key(struct server *s, const char *name, const struct client_key *key)
{
	struct terminal_store *t = &s->stores->terminal;
	struct audit_event ev = { .action = AUDIT_TERMINAL_ACCEPT, .at_ms = s->db->time.utc_ms };
	struct invitation_row v = { .branch = "Main Street", .created_ms = s->db->time.utc_ms };
	struct terminal_accept to = { .consoles = s->consoles };

	snprintf(v.name, sizeof v.name, "%s", name);
	to.terminal = server_terminal(s, key);
	if (t->ops->invite(t, &v, &ev, &to.invitation) != RC_OK ||
	    t->ops->accept(t, &to, &ev) != RC_OK)
		give_up("the terminal %s cannot be accepted", name);
}

void
server_accept(struct server *s, const char *name, struct client_key *key)
{
	struct terminal_store *t = &s->stores->terminal;
	struct audit_event ev = { .action = AUDIT_TERMINAL_PENDING, .at_ms = s->db->time.utc_ms };

	curve_keypair(key->public_key, key->secret);
	if (t->ops->note_pending(t, key->public_key, s->db->time.utc_ms, &ev) != RC_OK)
		give_up("the terminal %s cannot be noted", name);
	server_accept_key(s, name, key);
}

struct client *
server_client(struct server *s, const struct client_key *key)
{
	struct client *c = client_new(s->control, s->video, s->public_key, key);

	if (c == NULL)
		give_up("no client");
	return c;
}

/* The newest message's name and code, if it is for this address. */
static bool
newest_code(struct server *s, const char *to, char code[static CODE_DIGITS + 1])
{
	char folder[128], path[512] = "", newest[256] = "", line[256];
	bool ours = false, found = false;
	struct dirent *e;
	DIR *d;
	FILE *f;

	snprintf(folder, sizeof folder, "%s/mail", s->db->dir);
	if ((d = opendir(folder)) == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && strcmp(e->d_name, newest) > 0)
			snprintf(newest, sizeof newest, "%s", e->d_name);
	closedir(d);
	snprintf(path, sizeof path, "%s/%s", folder, newest);
	if (newest[0] == '\0' || (f = fopen(path, "r")) == NULL)
		return false;
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		ours = ours || (strncmp(line, "To: ", 4) == 0 && strcmp(line + 4, to) == 0);
		if (ours && strncmp(line, "Your code: ", 11) == 0) {
			snprintf(code, CODE_DIGITS + 1, "%.6s", line + 11);
			found = true;
		}
	}
	fclose(f);
	return found;
}

void
server_code(struct server *s, const char *to, const char *not_this, char code[static CODE_DIGITS + 1])
{
	int64_t until = now_mono() + SERVER_MAIL_MS;
	char old[CODE_DIGITS + 1];

	snprintf(old, sizeof old, "%s", not_this);
	while (!newest_code(s, to, code) || strcmp(code, old) == 0) {
		if (now_mono() > until)
			give_up("no message for %s arrived", to);
		pause_briefly();
	}
}

int64_t
server_audited(struct server *s, enum audit_action a, enum rc outcome)
{
	char sql[160];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = %d AND outcome = %d", (int)a, (int)outcome);
	return private_db_number(s->db, sql);
}

int64_t
server_balance(struct server *s, const char *account)
{
	struct account a;

	if (s->stores->ledger.ops->account_by_number(&s->stores->ledger, account, &a) != RC_OK)
		give_up("no account %s", account);
	return a.balance;
}

void
server_deposit(struct server *s, const char *account, int64_t amount)
{
	struct ledger_deposit d = { .account = account, .currency = "EUR", .reference = "opening", .amount = amount,
	    .now_ms = s->db->time.utc_ms };
	struct audit_event ev = { .action = AUDIT_DEPOSIT, .at_ms = s->db->time.utc_ms };
	struct receipt r;

	rng_fill(rng_system(), d.request, sizeof d.request);
	if (s->stores->ledger.ops->deposit(&s->stores->ledger, &d, &ev, &r) != RC_OK)
		give_up("no deposit on %s", account);
}
