/*
 * config.c - the reader of the table of keys, over libconfuse.
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
#include "server/config_keys.h"
#include "server/config_policy.h"
#include "server/liveness.h"

/* libconfuse hands its callbacks no context, so the reader's place to complain is kept per thread. */
struct config_report {
	const char *path;
	char  *err;
	size_t n;
	bool   full;	/* the first complaint stands */
	int   *lines;	/* of the keys, in the order of the table */
};
static _Thread_local struct config_report *config_reporting;

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
	if (config_reporting != NULL)
		config_reporting->lines[k - config_keys] = cfg->line;
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
	cfg_opt_t root[CONFIG_KEYS_MAX + 1], part[CONFIG_KEYS_MAX * 2];
	size_t n_root = 0, n_part = 0, first;

	for (size_t i = 0; i < config_keys_n;) {
		const char *section = config_keys[i].section;

		if (*section == '\0') {
			root[n_root++] = config_option(&config_keys[i++]);
			continue;
		}
		for (first = n_part; i < config_keys_n && strcmp(config_keys[i].section, section) == 0; i++)
			part[n_part++] = config_option(&config_keys[i]);
		if (strcmp(section, "policy") == 0) {
			config_policy_options(&part[n_part]);
			n_part += CONFIG_POLICY_OPTIONS;
		}
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

/* The line of that one of two keys that comes later. */
static int
config_later(const struct config *c, const char *section, const char *a, const char *b)
{
	int at = config_line(c, section, a), bt = config_line(c, section, b);

	return at > bt ? at : bt;
}

/* What no single key can say. */
static enum rc
config_check_whole(const char *path, const struct config *c, char *err, size_t err_n)
{
	const char *wrong = NULL;
	int line = 0;

	if (strcmp(c->listen_control, c->listen_video) == 0) {
		line = config_later(c, "", "listen_control", "listen_video");
		wrong = "listen_control and listen_video are the same; give each its own port";
	} else if (strcmp(c->notify.channel, "smtp") == 0 &&
	    (strncmp(c->notify.smtp_url, "smtp", 4) != 0 || !text_is_email(c->notify.smtp_from))) {
		line = config_line(c, "notify", "channel");
		wrong = "channel \"smtp\" needs notify.smtp_url (smtp://host:port) and notify.smtp_from (an address)";
	} else if (c->session.idle_ms > c->session.hard_ms) {
		line = config_later(c, "policy", "idle_ms", "hard_ms");
		wrong = "idle_ms is longer than hard_ms; a session cannot be idle for longer than it may be open";
	}
	if (wrong == NULL)
		return RC_OK;
	snprintf(err, err_n, "%s:%d: %s", path, line, wrong);
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
config_parse(const char *path, char *text, cfg_t *cfg, int *lines, char *err, size_t err_n)
{
	struct config_report report = { path, err, err_n, false, lines };
	int got;

	config_reporting = &report;
	cfg_set_error_function(cfg, config_report);
	got = cfg_parse_buf(cfg, text);
	config_reporting = NULL;
	if (got == CFG_SUCCESS)
		return RC_OK;
	/* Some mistakes of form libconfuse keeps to itself: it knows where the section began. */
	if (!report.full)
		snprintf(err, err_n, "%s:%d: what begins here cannot be read; look for a quote or a brace that is missing or too many",
		    path, cfg->line);
	return RC_CONFIG;
}

enum rc
config_load_text(const char *path, const char *folder, char *text, struct config **out, char *err, size_t err_n)
{
	struct config *c = NULL;
	cfg_t *cfg = NULL;
	enum rc r = RC_BUG;

	if ((c = calloc(1, sizeof *c)) == NULL || (cfg = config_parser_new()) == NULL) {
		snprintf(err, err_n, "%s: %s", path, rc_text(RC_NOMEM));
		r = RC_NOMEM;
		goto out;
	}
	config_policy_begin(&c->policy);
	r = config_parse(path, text, cfg, c->lines, err, err_n);
	config_policy_end();
	if (r != RC_OK)
		goto out;
	for (size_t i = 0; i < config_keys_n; i++)
		if ((r = config_take(cfg, &config_keys[i], folder, c)) != RC_OK) {
			snprintf(err, err_n, "%s:%d: the path of %s is too long", path, c->lines[i], config_keys[i].name);
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

enum rc
config_load(const char *path, struct config **out, char *err, size_t err_n)
{
	char folder[PATH_MAX], *text = NULL;
	enum rc r;

	if ((r = config_folder(path, folder, err, err_n)) != RC_OK ||
	    (r = config_text_read(path, &text, err, err_n)) != RC_OK)
		return r;
	r = config_load_text(path, folder, text, out, err, err_n);
	free(text);
	return r;
}

void
config_free(struct config *c)
{
	free(c);
}
