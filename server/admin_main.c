/*
 * admin_main.c - countersign-admin: the table of commands, options, set-up.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/admin.h"
#include "server/privileges.h"

enum admin_needs { NEEDS_NOTHING, NEEDS_CONFIG, NEEDS_STORES, NEEDS_READING, NEEDS_OWNER };

struct admin_command {
	const char *noun, *verb;	/* verb NULL: the noun alone */
	int args;
	const char *usage;		/* arguments and options */
	const char *options[ADMIN_OPTIONS_MAX];
	enum admin_needs needs;
	int (*run)(struct admin *a);
	const char *help;
};

static const struct admin_command commands[] = {
	{ "init", NULL, 0, "--state DIR", { "--state" }, NEEDS_NOTHING, admin_init,
	    "make a state folder with keys and server.conf; what is there is kept" },
	{ "db", "migrate", 0, "", { NULL }, NEEDS_CONFIG, admin_db_migrate, "bring the schema up to date, give the users their rights" },
	{ "db", "status", 0, "", { NULL }, NEEDS_CONFIG, admin_db_status, "which schema files are applied" },
	{ "terminal", "invite", 1, "NAME [--branch TEXT] [--address HOST] [--out FILE]", { "--branch", "--address", "--out" },
	    NEEDS_STORES, admin_terminal_invite, "an invitation for a new terminal" },
	{ "terminal", "list", 0, "", { NULL }, NEEDS_READING, admin_terminal_list, "all terminals, with fingerprints of those that wait" },
	{ "terminal", "accept", 1, "FINGERPRINT [--consoles terminal,backoffice,audit] [--branch TEXT]", { "--consoles", "--branch" },
	    NEEDS_STORES, admin_terminal_accept, "accept the terminal that shows this fingerprint; for the branch terminal alone unless told" },
	{ "terminal", "revoke", 1, "NAME", { NULL }, NEEDS_STORES, admin_terminal_revoke, "cut a terminal off for good" },
	{ "account", "list", 0, "", { NULL }, NEEDS_READING, admin_account_list, "all accounts with their balances" },
	{ "account", "deposit", 3, "ACCOUNT AMOUNT CURRENCY [--reference TEXT] [--request ID]", { "--reference", "--request" },
	    NEEDS_STORES, admin_account_deposit, "cash paid in" },
	{ "account", "statement", 1, "ACCOUNT [--from DAY] [--to DAY] [--csv FILE]", { "--from", "--to", "--csv" }, NEEDS_READING,
	    admin_account_statement, "what it held, its postings before the day --to, what it holds; days in UTC, FILE - is standard output" },
	{ "person", "list", 0, "", { NULL }, NEEDS_READING, admin_person_list, "all people with their locks" },
	{ "person", "unlock", 1, "CUSTOMER", { NULL }, NEEDS_STORES, admin_person_unlock, "clear the failed tries of a person" },
	{ "policy", "explain", 0, "[--kind transfer|batch --amount AMOUNT --currency CODE]", { "--kind", "--amount", "--currency" },
	    NEEDS_CONFIG, admin_policy_explain, "what would be asked for this amount, and what counts at sign-on, each with its line" },
	{ "role", "first", 0, "", { NULL }, NEEDS_OWNER, admin_role_first,
	    "make the first two administrators, once; asks for names, addresses and passwords" },
	{ "role", "propose", 0, "--person CUSTOMER --role ROLE --reason TEXT", { "--person", "--role", "--reason" }, NEEDS_OWNER,
	    admin_role_propose, "give a role (teller, maker, checker, supervisor, auditor, administrator); asks which administrator you are" },
	{ "role", "confirm", 0, "--person CUSTOMER --role ROLE", { "--person", "--role" }, NEEDS_OWNER, admin_role_confirm,
	    "the second administrator, for what another proposed" },
	{ "role", "end", 0, "--person CUSTOMER --role ROLE --reason TEXT", { "--person", "--role", "--reason" }, NEEDS_OWNER,
	    admin_role_end, "take a role or a proposal back, at once" },
	{ "role", "list", 0, "", { NULL }, NEEDS_READING, admin_role_list, "who holds which role, and what waits to be confirmed" },
	{ "face", "allow", 0, "--person CUSTOMER --reason TEXT", { "--person", "--reason" }, NEEDS_OWNER, admin_face_allow,
	    "let somebody without a face (the first administrators) enrol one at a branch terminal; asks which administrator you are" },
	{ "exception", "propose", 0, "--person CUSTOMER --without MOVES --reason TEXT", { "--person", "--without", "--reason" },
	    NEEDS_STORES, admin_exception_propose, "leave moves (blink,turn,nod,mouth,light) out of a person's captures; asks who you are" },
	{ "exception", "confirm", 0, "--person CUSTOMER", { "--person" }, NEEDS_STORES, admin_exception_confirm,
	    "the second member of staff, for what another proposed" },
	{ "exception", "end", 0, "--person CUSTOMER --reason TEXT", { "--person", "--reason" }, NEEDS_STORES, admin_exception_end,
	    "ask the person for everything again" },
	{ "exception", "list", 0, "", { NULL }, NEEDS_READING, admin_exception_list, "all exceptions, ended ones too" },
	{ "audit", "verify", 0, "[--seals FILE] [--key FILE]", { "--seals", "--key" }, NEEDS_READING, admin_audit_verify,
	    "check the whole audit trail against the signed heads" },
	{ "audit", "list", 0, "[--last N]", { "--last" }, NEEDS_READING, admin_audit_list, "the newest records, 20 unless told" },
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void
print_usage(FILE *to)
{
	fputs("usage: countersign-admin [--config FILE] COMMAND\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct admin_command *c = &commands[i];

		fprintf(to, "  %s%s%s%s%s\n      %s\n", c->noun, c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "",
		    c->usage[0] != '\0' ? " " : "", c->usage, c->help);
	}
	fputs("\nEvery command but init reads the configuration (--config FILE, else ./server.conf).\n"
	    "Exit status: 0 done, 1 refused or trail broken, 2 wrong usage, 3 configuration or database.\n", to);
}

int
admin_fail(int status, const char *fmt, ...)
{
	va_list ap;

	fputs("countersign-admin: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

int
admin_fail_rc(enum rc r, const char *what)
{
	int status = r == RC_STORE || r == RC_IO || r == RC_NOMEM || r == RC_BUG ? ADMIN_BROKEN : ADMIN_REFUSED;

	return admin_fail(status, "%s: %s", what, rc_text(r));
}

const char *
admin_config_path(const struct admin *a)
{
	return a->config_path != NULL ? a->config_path : "server.conf";
}

const char *
admin_option(const struct admin *a, const char *name)
{
	for (size_t i = 0; i < ADMIN_OPTIONS_MAX; i++)
		if (a->options[i].name != NULL && strcmp(a->options[i].name, name) == 0)
			return a->options[i].value;
	return NULL;
}

struct audit_event
admin_event(const struct admin *a, enum audit_action action, const char *subject)
{
	struct audit_event ev = { .action = action, .outcome = RC_OK, .at_ms = clock_utc_ms(a->clock) };

	snprintf(ev.subject, sizeof ev.subject, "%s", subject);
	snprintf(ev.detail, sizeof ev.detail, "by countersign-admin, system user %lu", (unsigned long)getuid());
	return ev;
}

int
admin_key(const struct admin *a, const char *file, const char *kind, uint8_t *key, size_t n)
{
	char path[CONFIG_PATH_BYTES], err[CONFIG_ERR_BYTES] = "";

	if (config_key_path(a->config, file, path) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "the path of the keys is too long");
	if (keyfile_read(path, kind, key, n, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	return ADMIN_OK;
}

/* ---- command line ---- */

static const struct admin_command *
find_command(int *argc, char ***argv)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct admin_command *c = &commands[i];
		int words = c->verb != NULL ? 2 : 1;

		if (*argc >= words && strcmp((*argv)[0], c->noun) == 0 && (c->verb == NULL || strcmp((*argv)[1], c->verb) == 0)) {
			*argc -= words;
			*argv += words;
			return c;
		}
	}
	return NULL;
}

static bool
take_option(struct admin *a, const struct admin_command *c, const char *name, const char *value)
{
	for (size_t i = 0; i < ADMIN_OPTIONS_MAX && c->options[i] != NULL; i++)
		if (strcmp(c->options[i], name) == 0) {
			a->options[i] = (struct admin_option){ .name = name, .value = value };
			return true;
		}
	return false;
}

static bool
parse_command(struct admin *a, const struct admin_command *c, int argc, char **argv)
{
	bool only_words = false;

	for (int i = 0; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
			if (i + 1 == argc || !take_option(a, c, argv[i], argv[i + 1]))
				return false;
			i++;
		} else if (a->args_n == c->args) {
			return false;
		} else {
			a->args[a->args_n++] = argv[i];
		}
	}
	return a->args_n == c->args;
}

/* ---- set-up ---- */

static int
load_config(struct admin *a)
{
	char err[CONFIG_ERR_BYTES] = "";

	if (config_load(admin_config_path(a), &a->config, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	return ADMIN_OK;
}

static int
open_stores(struct admin *a, enum admin_needs needs)
{
	char password[256] = "", lane[LANE_NAME_BYTES], err[CONFIG_ERR_BYTES] = "";
	const struct config *c = a->config;
	bool owner = needs == NEEDS_OWNER;
	const char *file = owner ? c->admin_database.password_file : c->database.password_file;
	struct store_options o = {
		.socket = c->database.socket[0] != '\0' ? c->database.socket : NULL, .host = c->database.host,
		.port = (uint16_t)c->database.port, .user = owner ? c->admin_database.user : c->database.user, .password = password,
		.database = c->database.name, .lane = needs == NEEDS_READING ? NULL : lane, .branch = (uint32_t)c->branch,
		.timeout_ms = (int)c->database.timeout_ms, .clock = a->clock, .rng = a->rng,
	};
	enum rc r = RC_OK;

	snprintf(lane, sizeof lane, "%.24s/admin", c->node);
	if (file[0] != '\0')
		r = config_secret(file, password, sizeof password, err, sizeof err);
	if (r == RC_OK)
		r = stores_open(&o, &a->stores, err, sizeof err);
	crypto_wipe(password, sizeof password);
	return r == RC_OK ? ADMIN_OK : admin_fail(ADMIN_BROKEN, "%s", err);
}

/*
 * The password of the schema's owner may be root's alone, and the keys the server's user's: once the database is open,
 * root goes on as that user, as the server does.
 */
static int
become_server(const struct admin *a)
{
	const char *name = a->config->user;
	char err[CONFIG_ERR_BYTES] = "";
	struct system_user u;

	if (geteuid() != 0 || name[0] == '\0')
		return ADMIN_OK;
	if (privileges_find("user", name, &u, err, sizeof err) != RC_OK || privileges_drop(&u, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	return ADMIN_OK;
}

int
main(int argc, char **argv)
{
	struct admin a = { .clock = clock_system(), .rng = rng_system() };
	const struct admin_command *c;
	int status = ADMIN_OK;

	process_harden();
	(void)setlocale(LC_CTYPE, "");
	argc--, argv++;
	if (argc >= 2 && strcmp(argv[0], "--config") == 0) {
		a.config_path = argv[1];
		argc -= 2, argv += 2;
	}
	if (argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "--version") == 0)) {
		if (argv[0][2] == 'h')
			print_usage(stdout);
		else
			puts("countersign-admin " COUNTERSIGN_VERSION);
		return ADMIN_OK;
	}
	if ((c = find_command(&argc, &argv)) == NULL) {
		if (argc > 0)
			return admin_fail(ADMIN_USAGE, "unknown command %s%s%s; see: countersign-admin --help", argv[0],
			    argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
		print_usage(stderr);
		return ADMIN_USAGE;
	}
	if (!parse_command(&a, c, argc, argv))
		return admin_fail(ADMIN_USAGE, "usage: countersign-admin [--config FILE] %s%s%s %s", c->noun,
		    c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "", c->usage);
	if (crypto_init() != RC_OK)
		return admin_fail(ADMIN_BROKEN, "the cryptographic library cannot start");
	if (c->needs != NEEDS_NOTHING)
		status = load_config(&a);
	if (status == ADMIN_OK && c->needs != NEEDS_NOTHING && c->needs != NEEDS_CONFIG)
		status = open_stores(&a, c->needs);
	if (status == ADMIN_OK && c->needs == NEEDS_OWNER)
		status = become_server(&a);
	if (status == ADMIN_OK)
		status = c->run(&a);
	stores_close(a.stores);
	config_free(a.config);
	return status;
}
