/*
 * admin_terminal.c - countersign-admin terminal: invite, list, accept, revoke.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A terminal shows a fingerprint of its key, keyed with the one-time word of
 * its invitation. Accepting looks for the pair of waiting key and open
 * invitation that makes the same fingerprint, so a key without the invitation
 * cannot be accepted by mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/invitation.h"
#include "proto/text.h"
#include "server/admin.h"
#include "server/pairing.h"


/* ---- invite ---- */

/* The address a terminal can reach: what the server listens on, or the host given. */
static int
public_address(const char *listen, const char *host, char dst[static ADDRESS_BYTES])
{
	const char *colon = strrchr(listen, ':');
	int n;

	if (host == NULL && (strncmp(listen, "*:", 2) == 0 || strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0))
		return admin_fail(ADMIN_USAGE, "the server listens on all addresses (%s); give the one that terminals reach with --address HOST", listen);
	if (host == NULL)
		n = snprintf(dst, ADDRESS_BYTES, "%s", listen);
	else
		n = snprintf(dst, ADDRESS_BYTES, "%s%s", host, colon != NULL ? colon : "");
	return n > 0 && n < (int)ADDRESS_BYTES ? ADMIN_OK : admin_fail(ADMIN_USAGE, "the address %s is too long", host != NULL ? host : listen);
}

static int
fill_invitation(const struct admin *a, struct invitation *v)
{
	const char *host = admin_option(a, "--address");
	uint8_t secret[KEY_BYTES];
	int status;

	v->nodes = 1;
	if ((status = public_address(a->config->listen_control, host, v->node[0].control)) != ADMIN_OK ||
	    (status = public_address(a->config->listen_video, host, v->node[0].video)) != ADMIN_OK ||
	    (status = admin_key(a, "server.curve", "curve", secret, sizeof secret)) != ADMIN_OK)
		return status;
	curve_public(secret, v->server_public);
	crypto_wipe(secret, sizeof secret);
	word_make(a->rng, v->word);
	return ADMIN_OK;
}

/* The new file, before anybody is invited; *fd stays -1 where the invitation goes to standard output. */
static int
open_out(const char *path, int *fd)
{
	if (path == NULL || (*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) >= 0)
		return ADMIN_OK;
	if (errno == EEXIST)
		return admin_fail(ADMIN_REFUSED, "%s exists; name a new file for the invitation", path);
	return admin_fail(ADMIN_BROKEN, "cannot write the invitation to %s: %s", path, strerror(errno));
}

static int
hand_out(int fd, const char *path, const char *text, size_t n)
{
	if (path == NULL)
		return fwrite(text, 1, n, stdout) == n && fflush(stdout) == 0 ? ADMIN_OK :
		    admin_fail(ADMIN_BROKEN, "cannot print the invitation");
	if (write(fd, text, n) != (ssize_t)n || fsync(fd) != 0)
		return admin_fail(ADMIN_BROKEN, "cannot write the invitation to %s: %s", path, strerror(errno));
	printf("invitation in %s: give it to the terminal, and to nobody else\n", path);
	return ADMIN_OK;
}

/* *at: the accepted terminal of this name; *at == *n: there is none. list has room for TERMINALS_MAX. */
static enum rc
find_accepted(struct admin *a, const char *name, struct terminal *list, size_t *n, size_t *at)
{
	enum rc r = a->stores->terminal.ops->list(&a->stores->terminal, list, TERMINALS_MAX, n);

	for (*at = 0; r == RC_OK && *at < *n; ++*at)
		if (list[*at].status == TERMINAL_ACCEPTED && strcmp(list[*at].name, name) == 0)
			break;
	return r;
}

static int
check_name_free(struct admin *a, const char *name)
{
	struct terminal *list = calloc(TERMINALS_MAX, sizeof *list);
	int status = ADMIN_OK;
	size_t n = 0, at = 0;
	enum rc r;

	if (list == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	if ((r = find_accepted(a, name, list, &n, &at)) != RC_OK)
		status = admin_fail_rc(r, "cannot read the terminals");
	else if (at < n)
		status = admin_fail(ADMIN_REFUSED, "a terminal named %s is accepted already; revoke it, or invite under another name", name);
	free(list);
	return status;
}

int
admin_terminal_invite(struct admin *a)
{
	const char *name = a->args[0], *branch = admin_option(a, "--branch"), *out = admin_option(a, "--out");
	struct audit_event ev = admin_event(a, AUDIT_TERMINAL_INVITE, name);
	struct invitation_row row = { .created_ms = ev.at_ms };
	char text[INVITATION_MAX_BYTES];
	char err[CONFIG_ERR_BYTES] = "";
	struct vault *vault = NULL;
	struct invitation v = { 0 };
	int status, fd = -1;
	uint64_t id;
	enum rc r;

	if (!text_is_line(name, TERMINAL_NAME_BYTES) || text_copy(row.name, sizeof row.name, name) != RC_OK)
		return admin_fail(ADMIN_USAGE, "the name of a terminal has 1 to %u characters", TERMINAL_NAME_BYTES);
	if (branch != NULL && (!text_is_line(branch, sizeof row.branch - 1) || text_copy(row.branch, sizeof row.branch, branch) != RC_OK))
		return admin_fail(ADMIN_USAGE, "the branch has 1 to %zu characters", sizeof row.branch - 1);
	if ((status = check_name_free(a, name)) != ADMIN_OK || (status = open_out(out, &fd)) != ADMIN_OK)
		return status;
	if ((status = fill_invitation(a, &v)) != ADMIN_OK)
		goto out;
	if (vault_open(a->config, a->rng, &vault, err, sizeof err) != RC_OK) {
		status = admin_fail(ADMIN_BROKEN, "%s", err);
		goto out;
	}
	vault_word_put(vault, v.word, &row);
	if ((r = a->stores->terminal.ops->invite(&a->stores->terminal, &row, &ev, &id)) != RC_OK) {
		status = admin_fail_rc(r, "cannot invite");
		goto out;
	}
	status = hand_out(fd, out, text, invitation_put(&v, text));
out:
	if (fd >= 0 && close(fd) != 0 && status == ADMIN_OK)
		status = admin_fail(ADMIN_BROKEN, "cannot write the invitation to %s: %s", out, strerror(errno));
	if (fd >= 0 && status != ADMIN_OK)
		unlink(out);
	vault_free(vault);
	crypto_wipe(&v, sizeof v);
	crypto_wipe(text, sizeof text);
	return status;
}

/* ---- list, accept ---- */

static int
pairs_load(struct admin *a, struct pairing *w)
{
	char err[CONFIG_ERR_BYTES] = "";
	struct vault *v = NULL;
	enum rc r;

	if (vault_open(a->config, a->rng, &v, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	r = pairing_load(a->stores, v, w);
	vault_free(v);
	if (r != RC_OK)
		return admin_fail_rc(r, "cannot read the terminals");
	for (size_t i = 0; i < w->invitations_n; i++)
		if (w->words[i][0] == '\0')
			admin_fail(ADMIN_OK, "the invitation for %s was sealed with another outbox key; invite again", w->invitations[i].name);
	return ADMIN_OK;
}

static void
print_pending(const struct pairing *w, const struct terminal *t, const char *since)
{
	char print[FINGERPRINT_BYTES];
	bool any = false;

	for (size_t i = 0; i < w->invitations_n; i++) {
		if (w->words[i][0] == '\0')
			continue;
		fingerprint_make(t->public_key, w->words[i], print);
		printf("pending   %s  if invited as \"%s\"  since %s\n", print, w->invitations[i].name, since);
		any = true;
	}
	if (!any)
		printf("pending   (no invitation is open)  since %s\n", since);
}

static void
print_known(const struct terminal *t, const char *since)
{
	char consoles[ROLE_WORDS_BYTES];

	consoles_words(t->consoles, consoles);
	printf("%-9s %s%s%s  (%s)  since %s\n", t->status == TERMINAL_ACCEPTED ? "accepted" : "revoked", t->name,
	    t->branch[0] != '\0' ? ", " : "", t->branch, consoles, since);
}

int
admin_terminal_list(struct admin *a)
{
	struct pairing w;
	char since[32];
	int status;

	if ((status = pairs_load(a, &w)) == ADMIN_OK)
		for (size_t i = 0; i < w.terminals_n; i++) {
			const struct terminal *t = &w.terminals[i];

			clock_local_text(t->first_seen_ms, since, sizeof since);
			if (t->status == TERMINAL_PENDING)
				print_pending(&w, t, since);
			else
				print_known(t, since);
		}
	for (size_t i = 0; status == ADMIN_OK && i < w.invitations_n; i++) {
		clock_local_text(w.invitations[i].created_ms, since, sizeof since);
		printf("invited   %s%s%s  on %s\n", w.invitations[i].name, w.invitations[i].branch[0] != '\0' ? ", " : "",
		    w.invitations[i].branch, since);
	}
	pairing_free(&w);
	return status;
}

/* --consoles and --branch. */
static int
accept_options(const struct admin *a, struct terminal_accept *to)
{
	const char *consoles = admin_option(a, "--consoles");

	to->branch = admin_option(a, "--branch");
	to->consoles = CONSOLE_TERMINAL;
	if (consoles != NULL && consoles_parse(consoles, &to->consoles) != RC_OK)
		return admin_fail(ADMIN_USAGE, "--consoles takes some of terminal,backoffice,audit");
	if (to->branch != NULL && !text_is_line(to->branch, sizeof ((struct terminal *)0)->branch - 1))
		return admin_fail(ADMIN_USAGE, "the branch has 1 to %zu characters", sizeof ((struct terminal *)0)->branch - 1);
	return ADMIN_OK;
}

int
admin_terminal_accept(struct admin *a)
{
	struct audit_event ev = admin_event(a, AUDIT_TERMINAL_ACCEPT, "");
	struct terminal_accept to = { 0 };
	char consoles[ROLE_WORDS_BYTES];
	const char *name;
	size_t t, v;
	struct pairing w;
	int status;
	enum rc r;

	if ((status = accept_options(a, &to)) != ADMIN_OK)
		return status;
	if ((status = pairs_load(a, &w)) != ADMIN_OK)
		goto out;
	if (!pairing_find(&w, a->args[0], &t, &v)) {
		status = admin_fail(ADMIN_REFUSED, "no waiting terminal shows %s; compare with its screen, and with: countersign-admin terminal list",
		    a->args[0]);
		goto out;
	}
	name = w.invitations[v].name;
	to.terminal = w.terminals[t].id;
	to.invitation = w.invitations[v].id;
	consoles_words(to.consoles, consoles);
	snprintf(ev.subject, sizeof ev.subject, "%s", name);
	snprintf(ev.detail + strlen(ev.detail), sizeof ev.detail - strlen(ev.detail), ", for %s", consoles);
	if ((r = a->stores->terminal.ops->accept(&a->stores->terminal, &to, &ev)) == RC_EXISTS)
		status = admin_fail(ADMIN_REFUSED, "a terminal named %s is accepted already; revoke it, or invite under another name", name);
	else if (r != RC_OK)
		status = admin_fail_rc(r, "cannot accept");
	else
		printf("accepted %s for %s\n", name, consoles);
out:
	pairing_free(&w);
	return status;
}

/* ---- revoke ---- */

int
admin_terminal_revoke(struct admin *a)
{
	struct audit_event ev = admin_event(a, AUDIT_TERMINAL_REVOKE, a->args[0]);
	struct terminal *list = calloc(TERMINALS_MAX, sizeof *list);
	size_t n = 0, i = 0;
	int status;
	enum rc r;

	if (list == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	if ((r = find_accepted(a, a->args[0], list, &n, &i)) != RC_OK)
		status = admin_fail_rc(r, "cannot read the terminals");
	else if (i == n)
		status = admin_fail(ADMIN_REFUSED, "no accepted terminal is named %s; see: countersign-admin terminal list", a->args[0]);
	else if ((r = a->stores->terminal.ops->revoke(&a->stores->terminal, list[i].id, &ev)) != RC_OK)
		status = admin_fail_rc(r, "cannot revoke");
	else {
		printf("revoked %s; it is cut off within seconds\n", a->args[0]);
		status = ADMIN_OK;
	}
	free(list);
	return status;
}
