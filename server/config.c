/*
 * config.c - the table of keys and its reader over libconfuse.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Values are checked while libconfuse reads them, because only then it knows
 * the line.
 */
#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "proto/config_text.h"
#include "proto/crypto.h"
#include "proto/text.h"
#include "server/config.h"
#include "server/liveness.h"

enum config_type { CONFIG_TEXT, CONFIG_PATH, CONFIG_ADDRESS, CONFIG_CHANNEL, CONFIG_PRECISION,
	CONFIG_MOVES, CONFIG_INT, CONFIG_REAL, CONFIG_BOOL, CONFIG_GONE };

struct config_key {
	const char *section;	/* "" for the top of the file */
	const char *name;
	enum config_type type;
	double least, most;	/* numbers: range; texts: length */
	const char *def;
	size_t offset;		/* in struct config */
	const char *help;
};

#define AT(field) offsetof(struct config, field)
#define TEXT_MOST (CONFIG_TEXT_BYTES - 1)
#define PATH_MOST (CONFIG_PATH_BYTES - 1)
#define MS_MOST   86400000.0

/* Keys of one section stand together. */
static const struct config_key config_keys[] = {
	{ "", "node", CONFIG_TEXT, 1, 24, "node1", AT(node), "name of this server in the audit trail" },
	{ "", "bank", CONFIG_TEXT, 1, 60, "Countersign Bank", AT(bank), "shown on every terminal" },
	{ "", "branch", CONFIG_INT, 1, 9999, "1", AT(branch), "branch digits of new account numbers" },
	{ "", "listen_control", CONFIG_ADDRESS, 3, 79, "127.0.0.1:7700", AT(listen_control), "host:port of the control socket" },
	{ "", "listen_video", CONFIG_ADDRESS, 3, 79, "127.0.0.1:7701", AT(listen_video), "host:port of the video socket" },
	{ "", "keys", CONFIG_PATH, 1, PATH_MOST, "keys", AT(keys), "folder of the key files" },
	{ "", "seals", CONFIG_PATH, 1, PATH_MOST, "seals.log", AT(seals), "file that the signed heads of the audit lanes are appended to" },
	{ "", "seal_every_ms", CONFIG_INT, 100, 3600000, "3000", AT(seal_every_ms), "how often the heads are signed" },
	{ "", "desks", CONFIG_INT, 1, CONFIG_DESKS_MAX, "16", AT(desks), "threads that serve sessions, each with a database connection" },
	{ "", "log", CONFIG_PATH, 0, PATH_MOST, "", AT(log), "log file; empty: standard error" },
	{ "", "user", CONFIG_TEXT, 0, 32, "countersign", AT(user), "system user that the server becomes when root starts it; empty: it stays root" },
	{ "database", "socket", CONFIG_PATH, 0, 107, "", AT(database.socket), "Unix socket; empty: host and port" },
	{ "database", "host", CONFIG_TEXT, 0, TEXT_MOST, "127.0.0.1", AT(database.host), "database server, when socket is empty" },
	{ "database", "port", CONFIG_INT, 1, 65535, "3306", AT(database.port), "port of the database server" },
	{ "database", "name", CONFIG_TEXT, 1, 64, "countersign", AT(database.name), "name of the database" },
	{ "database", "user", CONFIG_TEXT, 1, 80, "countersign", AT(database.user), "database user of the server" },
	{ "database", "password_file", CONFIG_PATH, 0, PATH_MOST, "", AT(database.password_file), "file with its password, mode 0600" },
	{ "database", "timeout_ms", CONFIG_INT, 1000, 60000, "5000", AT(database.timeout_ms), "longest wait for the database" },
	{ "admin_database", "user", CONFIG_TEXT, 1, 80, "countersign_admin", AT(admin_database.user), "database user of countersign-admin" },
	{ "admin_database", "password_file", CONFIG_PATH, 0, PATH_MOST, "", AT(admin_database.password_file), "file with its password, mode 0600" },
	{ "vision", "program", CONFIG_PATH, 0, PATH_MOST, "", AT(vision.program), "the program countersign-vision" },
	{ "vision", "models", CONFIG_PATH, 0, PATH_MOST, "", AT(vision.models), "folder of the models, with MANIFEST" },
	{ "vision", "user", CONFIG_TEXT, 0, 32, "countersign-vision", AT(vision.user), "system user of the workers when root starts the server; empty: unchanged" },
	{ "vision", "workers", CONFIG_INT, 1, 64, "1", AT(vision.workers), "vision processes" },
	{ "vision", "deadline_ms", CONFIG_INT, 100, 60000, "2000", AT(vision.deadline_ms), "a worker that is silent for longer is replaced" },
	{ "vision", "precision", CONFIG_PRECISION, 0, TEXT_MOST, "auto", AT(vision.precision), "numbers the networks compute in: \"f32\", \"bf16\" (16 bits, where the processor has it) or \"auto\", the fastest that is accurate" },
	{ "match", "fmr", CONFIG_REAL, 1e-6, 1e-2, "1e-4", AT(match_fmr), "false match rate: of so many strangers one would pass for the enrolled face" },
	{ "match", "gallery_fmr", CONFIG_REAL, 1e-6, 1e-2, "1e-6", AT(match_gallery_fmr), "the same at enrolment, for each comparison with a face that is enrolled already" },
	{ "match", "cosine", CONFIG_GONE, 0, 0, "", 0, "cosine is no longer a key; write `fmr = 1e-4` (of 10,000 strangers one passes), which finds the cosine for the embedder in use" },
	{ "liveness", "timeout_ms", CONFIG_INT, 10000, 20000, "20000", AT(liveness.timeout_ms), "longest capture" },
	{ "liveness", "challenges", CONFIG_INT, 2, 3, "2", AT(liveness.challenges), "movements asked of the person in one capture" },
	{ "liveness", "moves", CONFIG_MOVES, 1, TEXT_MOST, "blink, twice, close, turn, nod, mouth", AT(liveness.moves), "from which they are drawn: blink, blink twice, close and open the eyes, turn, nod, open the mouth; turn must be among them, as nothing else shows the depth of a head" },
	{ "liveness", "light", CONFIG_BOOL, 0, 0, "true", AT(liveness.light), "terminals that can shine in colours during a capture, to see them on the skin" },
	{ "code", "life_ms", CONFIG_INT, 1000, 600000, "300000", AT(code.life_ms), "how long a one-time code is good" },
	{ "code", "register_life_ms", CONFIG_INT, 1000, 3600000, "600000", AT(code.register_life_ms), "the same for the code that confirms an e-mail address" },
	{ "session", "idle_ms", CONFIG_INT, 1000, MS_MOST, "300000", AT(session.idle_ms), "a session ends after this long without a request" },
	{ "session", "hard_ms", CONFIG_INT, 1000, MS_MOST, "43200000", AT(session.hard_ms), "a session ends after this long in any case" },
	{ "sign_on", "backoffice_face", CONFIG_BOOL, 0, 1, "false", AT(sign_on.backoffice_face), "who signs on at the back office shows a live face, after password and code" },
	{ "sign_on", "audit_face", CONFIG_BOOL, 0, 1, "false", AT(sign_on.audit_face), "the same at the audit console" },
	{ "transfer", "limit", CONFIG_INT, 1, 9e15, "1000000", AT(transfer.limit), "largest single transfer in minor units (cents)" },
	{ "transfer", "face", CONFIG_BOOL, 0, 1, "true", AT(transfer.face), "a transfer needs a live face" },
	{ "transfer", "code", CONFIG_BOOL, 0, 1, "true", AT(transfer.code), "a transfer needs a one-time code" },
	{ "notify", "channel", CONFIG_CHANNEL, 0, TEXT_MOST, "file", AT(notify.channel), "how messages leave: \"file\" or \"smtp\"" },
	{ "notify", "directory", CONFIG_PATH, 1, PATH_MOST, "mail", AT(notify.directory), "channel file: folder of the messages" },
	{ "notify", "smtp_url", CONFIG_TEXT, 0, TEXT_MOST, "", AT(notify.smtp_url), "channel smtp: smtp://host:port or smtps://host:port" },
	{ "notify", "smtp_from", CONFIG_TEXT, 0, EMAIL_MAX_BYTES, "", AT(notify.smtp_from), "channel smtp: address of the sender" },
	{ "notify", "smtp_user", CONFIG_TEXT, 0, TEXT_MOST, "", AT(notify.smtp_user), "channel smtp: user name; empty: no log-in" },
	{ "notify", "smtp_password_file", CONFIG_PATH, 0, PATH_MOST, "", AT(notify.smtp_password_file), "channel smtp: file with the password, mode 0600" },
	{ "notify", "smtp_tls", CONFIG_BOOL, 0, 1, "true", AT(notify.smtp_tls), "channel smtp: refuse to send without TLS" },
};
#define CONFIG_KEYS (sizeof config_keys / sizeof config_keys[0])

/* libconfuse hands its callbacks no context, so the reader's place to complain is kept per thread. */
struct config_report {
	const char *path;
	char  *err;
	size_t n;
	bool   full;	/* the first complaint stands */
};
static _Thread_local struct config_report *config_reporting;

static bool
config_is_textual(enum config_type t)
{
	return t == CONFIG_TEXT || t == CONFIG_PATH || t == CONFIG_ADDRESS || t == CONFIG_CHANNEL ||
	    t == CONFIG_PRECISION || t == CONFIG_MOVES;
}

static void __attribute__((format(printf, 2, 0)))
config_report(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct config_report *to = config_reporting;
	int n;

	if (to == NULL || to->full)
		return;
	n = snprintf(to->err, to->n, "%s:%d: ", to->path, cfg->line);
	if (n > 0 && (size_t)n < to->n)
		vsnprintf(to->err + n, to->n - (size_t)n, fmt, ap);
	to->full = true;
}

static const struct config_key *
config_find(const char *section, const char *name)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
			return &config_keys[i];
	return NULL;
}

static bool
config_address_is_good(const char *s)
{
	const char *colon = strrchr(s, ':');
	size_t digits;

	if (colon == NULL || colon == s)
		return false;
	digits = strlen(colon + 1);
	return digits <= 5 && digits > 0 && text_is_digits(colon + 1, digits) && atoi(colon + 1) > 0 &&
	    atoi(colon + 1) <= 65535;
}

/* Kinds of challenges by their words. On RC_INVALID *bad gets the word that is none, *n its length. */
static enum rc
config_moves(const char *s, uint32_t *kinds, const char **bad, size_t *n)
{
	static const struct { const char *word; uint32_t kind; } moves[] = {
		{ "blink", LIVENESS_BLINK }, { "twice", LIVENESS_BLINK_TWICE }, { "close", LIVENESS_CLOSE },
		{ "turn", LIVENESS_TURN }, { "nod", LIVENESS_NOD }, { "mouth", LIVENESS_MOUTH },
	};
	uint32_t found = 0;

	do {
		size_t i = 0;

		s += strspn(s, ", ");
		*bad = s;
		*n = strcspn(s, ", ");
		while (i < sizeof moves / sizeof moves[0] &&
		    (strlen(moves[i].word) != *n || strncmp(s, moves[i].word, *n) != 0))
			i++;
		if (i == sizeof moves / sizeof moves[0])
			return RC_INVALID;
		found |= moves[i].kind;
		s += *n;
	} while (*s != '\0');
	*kinds = found;
	return RC_OK;
}

static int
config_check_text(cfg_t *cfg, const struct config_key *k, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s), bad_n;
	const char *bad;
	uint32_t kinds;

	if ((double)n < k->least || (double)n > k->most) {
		cfg_error(cfg, "%s has %zu characters; %.0f to %.0f are allowed", k->name, n, k->least, k->most);
		return -1;
	}
	if (n > 0 && !text_is_clean(s, n)) {
		cfg_error(cfg, "%s has characters that cannot be printed", k->name);
		return -1;
	}
	if (k->type == CONFIG_ADDRESS && !config_address_is_good(s)) {
		cfg_error(cfg, "%s is not of the form host:port", k->name);
		return -1;
	}
	if (k->type == CONFIG_CHANNEL && strcmp(s, "file") != 0 && strcmp(s, "smtp") != 0) {
		cfg_error(cfg, "%s is neither \"file\" nor \"smtp\"", k->name);
		return -1;
	}
	if (k->type == CONFIG_PRECISION && strcmp(s, "auto") != 0 && strcmp(s, "f32") != 0 && strcmp(s, "bf16") != 0) {
		cfg_error(cfg, "%s is neither \"auto\" nor \"f32\" nor \"bf16\"", k->name);
		return -1;
	}
	if (k->type == CONFIG_MOVES && config_moves(s, &kinds, &bad, &bad_n) != RC_OK) {
		cfg_error(cfg, "'%.*s' in %s is none of blink, twice, close, turn, nod and mouth", (int)bad_n, bad, k->name);
		return -1;
	}
	if (k->type == CONFIG_MOVES && (kinds & LIVENESS_TURN) == 0) {
		cfg_error(cfg, "%s has no turn; add it, as nothing else shows the depth of a head", k->name);
		return -1;
	}
	return 0;
}

/* One value was read: is it in range? */
static int
config_check(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *section = strcmp(cfg_name(cfg), "root") == 0 ? "" : cfg_name(cfg);
	const struct config_key *k = config_find(section, cfg_opt_name(opt));
	double v;

	if (k == NULL)
		return -1;
	if (k->type == CONFIG_GONE) {
		cfg_error(cfg, "%s", k->help);
		return -1;
	}
	if (config_is_textual(k->type))
		return config_check_text(cfg, k, cfg_opt_getnstr(opt, 0));
	if (k->type == CONFIG_BOOL)
		return 0;
	v = k->type == CONFIG_INT ? (double)cfg_opt_getnint(opt, 0) : cfg_opt_getnfloat(opt, 0);
	if (v >= k->least && v <= k->most)
		return 0;
	cfg_error(cfg, "%s is out of range; %.15g to %.15g is allowed", k->name, k->least, k->most);
	return -1;
}

static cfg_opt_t
config_option(const struct config_key *k)
{
	cfg_opt_t as_int = CFG_INT(k->name, atol(k->def), CFGF_NONE);
	cfg_opt_t as_real = CFG_FLOAT(k->name, atof(k->def), CFGF_NONE);
	cfg_opt_t as_bool = CFG_BOOL(k->name, strcmp(k->def, "true") == 0 ? cfg_true : cfg_false, CFGF_NONE);
	cfg_opt_t as_text = CFG_STR(k->name, k->def, CFGF_NONE);
	cfg_opt_t o = k->type == CONFIG_INT ? as_int : k->type == CONFIG_REAL ? as_real :
	    k->type == CONFIG_BOOL ? as_bool : as_text;

	o.validcb = config_check;
	return o;
}

/*
 * The options as libconfuse wants them: an array per section, the sections as
 * options of the root. libconfuse copies them all, so they need no lasting.
 */
static cfg_t *
config_parser_new(void)
{
	const cfg_opt_t end = CFG_END();
	cfg_opt_t root[CONFIG_KEYS + 1], part[CONFIG_KEYS * 2];
	size_t n_root = 0, n_part = 0, first;

	for (size_t i = 0; i < CONFIG_KEYS;) {
		const char *section = config_keys[i].section;

		if (*section == '\0') {
			root[n_root++] = config_option(&config_keys[i++]);
			continue;
		}
		for (first = n_part; i < CONFIG_KEYS && strcmp(config_keys[i].section, section) == 0; i++)
			part[n_part++] = config_option(&config_keys[i]);
		part[n_part++] = end;
		root[n_root++] = (cfg_opt_t)CFG_SEC(section, &part[first], CFGF_NONE);
	}
	root[n_root] = end;
	return cfg_init(root, CFGF_NONE);
}

static enum rc
config_path_resolve(const char *folder, const char *value, char *dst)
{
	int n;

	if (*value == '\0' || *value == '/')
		n = snprintf(dst, CONFIG_PATH_BYTES, "%s", value);
	else
		n = snprintf(dst, CONFIG_PATH_BYTES, "%s/%s", folder, value);
	return n >= 0 && (size_t)n < CONFIG_PATH_BYTES ? RC_OK : RC_TOO_BIG;
}

static enum rc
config_take(cfg_t *cfg, const struct config_key *k, const char *folder, struct config *c)
{
	cfg_t *sec = *k->section == '\0' ? cfg : cfg_getsec(cfg, k->section);
	void *at = (char *)c + k->offset;
	const char *bad;
	uint32_t kinds;
	enum rc r;
	int64_t i;
	size_t n;
	bool b;
	double d;

	switch (k->type) {
	case CONFIG_INT:
		i = cfg_getint(sec, k->name);
		memcpy(at, &i, sizeof i);
		return RC_OK;
	case CONFIG_REAL:
		d = cfg_getfloat(sec, k->name);
		memcpy(at, &d, sizeof d);
		return RC_OK;
	case CONFIG_BOOL:
		b = cfg_getbool(sec, k->name) == cfg_true;
		memcpy(at, &b, sizeof b);
		return RC_OK;
	case CONFIG_PATH:
		return config_path_resolve(folder, cfg_getstr(sec, k->name), at);
	case CONFIG_TEXT:
	case CONFIG_ADDRESS:
	case CONFIG_CHANNEL:
	case CONFIG_PRECISION:
		return text_copy(at, CONFIG_TEXT_BYTES, cfg_getstr(sec, k->name));
	case CONFIG_MOVES:
		if ((r = config_moves(cfg_getstr(sec, k->name), &kinds, &bad, &n)) == RC_OK)
			memcpy(at, &kinds, sizeof kinds);
		return r;
	case CONFIG_GONE:
		return RC_OK;
	}
	return RC_BUG;
}

/* What no single key can say. */
static enum rc
config_check_whole(const char *path, const struct config *c, char *err, size_t err_n)
{
	const char *wrong = NULL;

	if (!c->transfer.face && !c->transfer.code)
		wrong = "transfer.face and transfer.code are both false; a transfer needs at least one proof";
	else if (strcmp(c->listen_control, c->listen_video) == 0)
		wrong = "listen_control and listen_video are the same; give each its own port";
	else if (strcmp(c->notify.channel, "smtp") == 0 &&
	    (strncmp(c->notify.smtp_url, "smtp", 4) != 0 || !text_is_email(c->notify.smtp_from)))
		wrong = "channel \"smtp\" needs notify.smtp_url (smtp://host:port) and notify.smtp_from (an address)";
	else if (c->session.idle_ms > c->session.hard_ms)
		wrong = "session.idle_ms is longer than session.hard_ms";
	if (wrong == NULL)
		return RC_OK;
	snprintf(err, err_n, "%s: %s", path, wrong);
	return RC_CONFIG;
}

/* The absolute folder of the file. */
static enum rc
config_folder(const char *path, char dst[static PATH_MAX], char *err, size_t err_n)
{
	char *slash;

	if (realpath(path, dst) == NULL) {
		snprintf(err, err_n, "cannot open %s: %s", path, strerror(errno));
		return RC_CONFIG;
	}
	slash = strrchr(dst, '/');
	*(slash == dst ? slash + 1 : slash) = '\0';
	return RC_OK;
}

static enum rc
config_parse(const char *path, cfg_t *cfg, char *err, size_t err_n)
{
	struct config_report report = { path, err, err_n, false };
	char *text;
	enum rc r;
	int got;

	if ((r = config_text_read(path, &text, err, err_n)) != RC_OK)
		return r;
	config_reporting = &report;
	cfg_set_error_function(cfg, config_report);
	got = cfg_parse_buf(cfg, text);
	config_reporting = NULL;
	free(text);
	if (got == CFG_SUCCESS)
		return RC_OK;
	if (!report.full)
		snprintf(err, err_n, "%s is not a configuration", path);
	return RC_CONFIG;
}

enum rc
config_load(const char *path, struct config **out, char *err, size_t err_n)
{
	char folder[PATH_MAX];
	struct config *c = NULL;
	cfg_t *cfg = NULL;
	enum rc r = RC_BUG;

	if ((r = config_folder(path, folder, err, err_n)) != RC_OK)
		return r;
	if ((c = calloc(1, sizeof *c)) == NULL || (cfg = config_parser_new()) == NULL) {
		snprintf(err, err_n, "%s: %s", path, rc_text(RC_NOMEM));
		r = RC_NOMEM;
		goto out;
	}
	if ((r = config_parse(path, cfg, err, err_n)) != RC_OK)
		goto out;
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if ((r = config_take(cfg, &config_keys[i], folder, c)) != RC_OK) {
			snprintf(err, err_n, "%s: the path of %s is too long", path, config_keys[i].name);
			r = RC_CONFIG;
			goto out;
		}
	if ((r = config_check_whole(path, c, err, err_n)) != RC_OK)
		goto out;
	*out = c;
	c = NULL;
out:
	if (cfg != NULL)
		cfg_free(cfg);
	config_free(c);
	return r;
}

void
config_free(struct config *c)
{
	free(c);
}

static void
config_print_key(FILE *to, const struct config_key *k, const char *indent)
{
	fprintf(to, "%s# %s", indent, k->help);
	if (k->type == CONFIG_INT || k->type == CONFIG_REAL)
		fprintf(to, " (%.15g to %.15g)", k->least, k->most);
	else if (k->type == CONFIG_PATH)
		fprintf(to, " (path)");
	else if (k->type == CONFIG_BOOL)
		fprintf(to, " (true or false)");
	if (config_is_textual(k->type))
		fprintf(to, "\n%s%s = \"%s\"\n", indent, k->name, k->def);
	else
		fprintf(to, "\n%s%s = %s\n", indent, k->name, k->def);
}

void
config_print(FILE *to)
{
	const char *section = "";

	fputs("# Every key of the configuration, with its default.\n"
	    "# Relative paths are resolved against the folder of the file.\n", to);
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct config_key *k = &config_keys[i];

		if (k->type == CONFIG_GONE)
			continue;
		if (strcmp(section, k->section) != 0) {
			fprintf(to, "%s\n%s {\n", *section == '\0' ? "" : "}\n", k->section);
			section = k->section;
		}
		config_print_key(to, k, *section == '\0' ? "" : "\t");
	}
	fputs("}\n", to);
}
