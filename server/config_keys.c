/*
 * config_keys.c - every key of the configuration but the bands of the policy,
 * and the reference that is printed of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/config.h"
#include "server/config_keys.h"
#include "server/config_policy.h"

#define AT(field) offsetof(struct config, field)
#define TEXT_MOST (CONFIG_TEXT_BYTES - 1)
#define PATH_MOST (CONFIG_PATH_BYTES - 1)
#define MS_MOST   86400000.0

const struct config_key config_keys[] = {
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
	{ "match", "fmr", CONFIG_GONE, 0, 0, "", 0, "fmr is no longer a key of match; write `policy { fmr = 1e-4 }`" },
	{ "match", "gallery_fmr", CONFIG_GONE, 0, 0, "", 0, "gallery_fmr is no longer a key of match; write `policy { gallery_fmr = 1e-6 }`" },
	{ "match", "cosine", CONFIG_GONE, 0, 0, "", 0, "cosine is no longer a key; write `policy { fmr = 1e-4 }` (of 10,000 strangers one passes), which finds the cosine for the embedder in use" },
	{ "liveness", "timeout_ms", CONFIG_INT, 10000, 20000, "20000", AT(liveness.timeout_ms), "longest capture" },
	{ "liveness", "challenges", CONFIG_INT, 2, 3, "2", AT(liveness.challenges), "movements asked of the person in one capture" },
	{ "liveness", "moves", CONFIG_MOVES, 1, TEXT_MOST, "blink, twice, close, turn, nod, mouth", AT(liveness.moves), "from which they are drawn: blink, blink twice, close and open the eyes, turn, nod, open the mouth; turn must be among them, as nothing else shows the depth of a head" },
	{ "liveness", "light", CONFIG_BOOL, 0, 0, "true", AT(liveness.light), "terminals that can shine in colours during a capture, to see them on the skin" },
	{ "code", "life_ms", CONFIG_INT, 1000, 600000, "300000", AT(code.life_ms), "how long a one-time code is good" },
	{ "code", "register_life_ms", CONFIG_INT, 1000, 3600000, "600000", AT(code.register_life_ms), "the same for the code that confirms an e-mail address" },
	{ "session", "idle_ms", CONFIG_GONE, 0, 0, "", 0, "idle_ms is no longer a key of session; write `policy { idle_ms = 300000 }`" },
	{ "session", "hard_ms", CONFIG_GONE, 0, 0, "", 0, "hard_ms is no longer a key of session; write `policy { hard_ms = 43200000 }`" },
	{ "sign_on", "backoffice_face", CONFIG_GONE, 0, 0, "", 0, "backoffice_face is no longer a key of sign_on; write `policy { backoffice_face = true }`" },
	{ "sign_on", "audit_face", CONFIG_GONE, 0, 0, "", 0, "audit_face is no longer a key of sign_on; write `policy { audit_face = true }`" },
	{ "transfer", "limit", CONFIG_GONE, 0, 0, "", 0, "limit is no longer a key; write `policy { transfer { currency = \"EUR\" up_to = \"10000.00\" proofs = {\"otp\", \"face\"} } }`" },
	{ "transfer", "face", CONFIG_GONE, 0, 0, "", 0, "face is no longer a key; name \"face\" in the proofs of a band: `policy { transfer { ... proofs = {\"otp\", \"face\"} } }`" },
	{ "transfer", "code", CONFIG_GONE, 0, 0, "", 0, "code is no longer a key; name \"otp\" in the proofs of a band: `policy { transfer { ... proofs = {\"otp\", \"face\"} } }`" },
	{ "notify", "channel", CONFIG_CHANNEL, 0, TEXT_MOST, "file", AT(notify.channel), "how messages leave: \"file\" or \"smtp\"" },
	{ "notify", "directory", CONFIG_PATH, 1, PATH_MOST, "mail", AT(notify.directory), "channel file: folder of the messages" },
	{ "notify", "smtp_url", CONFIG_TEXT, 0, TEXT_MOST, "", AT(notify.smtp_url), "channel smtp: smtp://host:port or smtps://host:port" },
	{ "notify", "smtp_from", CONFIG_TEXT, 0, EMAIL_MAX_BYTES, "", AT(notify.smtp_from), "channel smtp: address of the sender" },
	{ "notify", "smtp_user", CONFIG_TEXT, 0, TEXT_MOST, "", AT(notify.smtp_user), "channel smtp: user name; empty: no log-in" },
	{ "notify", "smtp_password_file", CONFIG_PATH, 0, PATH_MOST, "", AT(notify.smtp_password_file), "channel smtp: file with the password, mode 0600" },
	{ "notify", "smtp_tls", CONFIG_BOOL, 0, 1, "true", AT(notify.smtp_tls), "channel smtp: refuse to send without TLS" },
	{ "policy", "idle_ms", CONFIG_INT, 1000, MS_MOST, "300000", AT(session.idle_ms), "a session ends after this long without a request" },
	{ "policy", "hard_ms", CONFIG_INT, 1000, MS_MOST, "43200000", AT(session.hard_ms), "a session ends after this long in any case" },
	{ "policy", "backoffice_face", CONFIG_BOOL, 0, 1, "false", AT(sign_on.backoffice_face), "who signs on at the back office shows a live face, after password and code" },
	{ "policy", "audit_face", CONFIG_BOOL, 0, 1, "false", AT(sign_on.audit_face), "the same at the audit console" },
	{ "policy", "evidence_days", CONFIG_INT, 1, 3650, "90", AT(evidence_days), "so long the picture of a judged capture can be looked at, unless it is held" },
	{ "policy", "fmr", CONFIG_REAL, 1e-6, 1e-2, "1e-4", AT(match_fmr), "false match rate: of so many strangers one would pass for the enrolled face" },
	{ "policy", "gallery_fmr", CONFIG_REAL, 1e-6, 1e-2, "1e-6", AT(match_gallery_fmr), "the same at enrolment, for each comparison with a face that is enrolled already" },
};
const size_t config_keys_n = sizeof config_keys / sizeof config_keys[0];
_Static_assert(sizeof config_keys / sizeof config_keys[0] <= CONFIG_KEYS_MAX, "room for the keys");

bool
config_is_textual(enum config_type t)
{
	return t == CONFIG_TEXT || t == CONFIG_PATH || t == CONFIG_ADDRESS || t == CONFIG_CHANNEL ||
	    t == CONFIG_PRECISION || t == CONFIG_MOVES;
}

const struct config_key *
config_find(const char *section, const char *name)
{
	for (size_t i = 0; i < config_keys_n; i++)
		if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
			return &config_keys[i];
	return NULL;
}

int
config_line(const struct config *c, const char *section, const char *name)
{
	const struct config_key *k = config_find(section, name);

	return k == NULL ? 0 : c->lines[k - config_keys];
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
	for (size_t i = 0; i < config_keys_n; i++) {
		const struct config_key *k = &config_keys[i];

		if (k->type == CONFIG_GONE)
			continue;
		if (strcmp(section, k->section) != 0) {
			fprintf(to, "%s\n%s {\n", *section == '\0' ? "" : "}\n", k->section);
			section = k->section;
		}
		config_print_key(to, k, *section == '\0' ? "" : "\t");
	}
	config_policy_print(to);
	fputs("}\n", to);
}
