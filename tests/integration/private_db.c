/*
 * private_db.c - starts and stops deploy/mariadb/private for tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/private_db.h"

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
test_utc(void *ctx)
{
	return ((struct test_clock *)ctx)->utc_ms;
}

static int64_t
test_mono(void *ctx)
{
	(void)ctx;
	return clock_mono_ms(clock_system());
}

/* Runs a program and waits; its exit status. */
static int
run(const char *const argv[])
{
	union { const char *const *c; char *const *v; } args = { .c = argv };
	int status = -1;
	pid_t pid;

	if ((pid = fork()) == 0) {
		execv(argv[0], args.v);
		_exit(127);
	}
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
private_db_script(const struct private_db *p, const char *verb)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char script[512], db[128];

	snprintf(script, sizeof script, "%s/deploy/mariadb/private", source != NULL ? source : ".");
	snprintf(db, sizeof db, "%s/db", p->dir);
	return run((const char *[]){ "/bin/bash", script, db, verb, NULL });
}

static struct migrate_options
migrate_options(struct private_db *p, char password[128])
{
	return (struct migrate_options){ .store = private_db_options(p, "countersign_admin", password),
	    .server_user = "countersign", .auditor_user = "countersign_auditor", .users_host = "localhost" };
}

/* A test program that ends early must not leave its server behind. */
static struct private_db *running;

static void
stop_running(void)
{
	private_db_stop(running);
}

struct private_db *
private_db_start(bool migrate)
{
	struct private_db *p = calloc(1, sizeof *p);
	const char *tmp = getenv("TMPDIR");
	char err[512] = "", password[128];
	struct migrate_options mo;
	size_t applied;

	if (p == NULL || crypto_init() != RC_OK)
		give_up("cannot start");
	p->time = (struct test_clock){ .utc_ms = 1800000000000LL,
	    .clock = { .utc_ms = test_utc, .mono_ms = test_mono, .ctx = &p->time } };
	if (tmp == NULL || strlen(tmp) > 30)
		tmp = "/tmp";
	snprintf(p->dir, sizeof p->dir, "%s/countersign-test.XXXXXX", tmp);
	if (mkdtemp(p->dir) == NULL)
		give_up("cannot make %s: %s", p->dir, strerror(errno));
	snprintf(p->socket, sizeof p->socket, "%s/db/mariadb.sock", p->dir);
	running = p;
	(void)atexit(stop_running);
	if (private_db_script(p, "start") != 0)
		give_up("deploy/mariadb/private does not start");
	if (getenv("COUNTERSIGN_TEST_LOG") != NULL)
		p->log = log_open(NULL, LOG_LEVEL_DEBUG);
	if (migrate) {
		mo = migrate_options(p, password);
		if (migrate_run(&mo, &applied, err, sizeof err) != RC_OK || applied != schema_files_n)
			give_up("migration failed: %s", err);
	}
	return p;
}

void
private_db_stop(struct private_db *p)
{
	if (p == NULL)
		return;
	(void)private_db_script(p, "stop");
	(void)run((const char *[]){ "/bin/rm", "-rf", "--", p->dir, NULL });
	log_close(p->log);
	running = NULL;
	free(p);
}

void
private_db_kill(const struct private_db *p)
{
	char path[128];
	long pid = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/db/mariadbd.pid", p->dir);
	if ((f = fopen(path, "r")) == NULL || fscanf(f, "%ld", &pid) != 1 || pid <= 1)
		give_up("no process number in %s", path);
	fclose(f);
	if (kill((pid_t)pid, SIGKILL) != 0)
		give_up("cannot kill %ld: %s", pid, strerror(errno));
}

struct store_options
private_db_options(struct private_db *p, const char *user, char password[128])
{
	const char *file = strcmp(user, "countersign") == 0 ? "server" : strcmp(user, "root") == 0 ? "root" :
	    strcmp(user, "countersign_admin") == 0 ? "admin" : "auditor";
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/db/%s.password", p->dir, file);
	if ((f = fopen(path, "r")) == NULL || fgets(password, 128, f) == NULL)
		give_up("cannot read %s", path);
	fclose(f);
	password[strcspn(password, "\n")] = '\0';
	return (struct store_options){ .socket = p->socket, .user = user, .password = password, .database = "countersign",
	    .timeout_ms = 8000, .clock = &p->time.clock, .rng = rng_system(), .log = p->log };
}

struct stores *
private_db_open(struct private_db *p, const char *user, const char *lane)
{
	char password[128], err[512] = "";
	struct store_options o = private_db_options(p, user, password);
	struct stores *s;

	o.lane = lane;
	if (stores_open(&o, &s, err, sizeof err) != RC_OK)
		give_up("cannot open the stores as %s: %s", user, err);
	return s;
}

struct sql_text {
	const char *sql;
	int64_t number;
};

static enum rc
text_step(struct db *d, void *arg)
{
	const struct sql_text *t = arg;

	return db_text(d, t->sql, strlen(t->sql));
}

static enum rc
number_step(struct db *d, void *arg)
{
	struct sql_text *t = arg;

	return db_row(d, t->sql, DB_NO_IN, DB_OUT(db_out_i64(&t->number)));
}

static struct db *
open_as(struct private_db *p, const char *user)
{
	char password[128], err[512] = "";
	struct store_options o = private_db_options(p, user, password);
	struct db *d;

	if (db_open(&o, &d, err, sizeof err) != RC_OK)
		give_up("cannot connect as %s: %s", user, err);
	return d;
}

unsigned
private_db_sql(struct private_db *p, const char *user, const char *sql)
{
	struct sql_text t = { .sql = sql };
	struct db *d = open_as(p, user);
	unsigned e = db_run(d, DB_ONCE, text_step, &t) == RC_OK ? 0 : db_last_errno(d);

	db_close(d);
	return e;
}

int64_t
private_db_number(struct private_db *p, const char *sql)
{
	struct sql_text t = { .sql = sql };
	struct db *d = open_as(p, "root");

	if (db_run(d, DB_ONCE, number_step, &t) != RC_OK)
		give_up("%s: %s", sql, db_last_error(d));
	db_close(d);
	return t.number;
}
