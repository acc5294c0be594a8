/*
 * invitation.c - the text form of an invitation, line by line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/invitation.h"
#include "proto/text.h"

#define INVITATION_HEAD "countersign-invitation 1"
#define LINE_BYTES 192u

struct invitation_reader {
	struct invitation *v;
	bool head, key, word;	/* seen */
	unsigned line;
	char *err;
	size_t err_n;
};

static enum rc __attribute__((format(printf, 2, 3)))
invitation_refuse(const struct invitation_reader *r, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	snprintf(r->err, r->err_n, "invitation, line %u: %s", r->line, what);
	return RC_MALFORMED;
}

size_t
invitation_put(const struct invitation *v, char *dst)
{
	char hex[2 * KEY_BYTES + 1];
	size_t n;

	n = (size_t)snprintf(dst, INVITATION_MAX_BYTES, INVITATION_HEAD "\n");
	for (size_t i = 0; i < v->nodes && i < INVITATION_NODES_MAX; i++)
		n += (size_t)snprintf(dst + n, INVITATION_MAX_BYTES - n, "server %s %s\n",
		    v->node[i].control, v->node[i].video);
	hex_put(v->server_public, KEY_BYTES, hex);
	n += (size_t)snprintf(dst + n, INVITATION_MAX_BYTES - n, "key %s\nword %s\n", hex, v->word);
	return n;
}

/* "host:port", "1.2.3.4:port" or "[v6]:port". */
static bool
invitation_address_is_right(const char *s)
{
	size_t host = s[0] == '[' ? strspn(s + 1, "0123456789abcdefABCDEF:.") + 2 :
	    strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-");
	size_t n = strlen(s), digits;
	long port;

	if (n >= ADDRESS_BYTES || host < (s[0] == '[' ? 4u : 1u) || host >= n || s[host] != ':')
		return false;
	if (s[0] == '[' && s[host - 1] != ']')
		return false;
	digits = n - host - 1;
	if (digits < 1 || digits > 5 || !text_is_digits(s + host + 1, digits))
		return false;
	port = strtol(s + host + 1, NULL, 10);
	return port >= 1 && port <= 65535;
}

static enum rc
invitation_get_server(struct invitation_reader *r, char *rest)
{
	char *save = NULL, *control, *video;
	struct invitation *v = r->v;

	if (v->nodes == INVITATION_NODES_MAX)
		return invitation_refuse(r, "more than %u servers", INVITATION_NODES_MAX);
	control = strtok_r(rest, " ", &save);
	video = strtok_r(NULL, " ", &save);
	if (control == NULL || video == NULL || strtok_r(NULL, " ", &save) != NULL)
		return invitation_refuse(r, "\"server\" needs two addresses, control and video");
	if (!invitation_address_is_right(control) || !invitation_address_is_right(video) ||
	    text_copy(v->node[v->nodes].control, ADDRESS_BYTES, control) != RC_OK ||
	    text_copy(v->node[v->nodes].video, ADDRESS_BYTES, video) != RC_OK)
		return invitation_refuse(r, "an address has the form host:port, with a port from 1 to 65535");
	v->nodes++;
	return RC_OK;
}

static enum rc
invitation_get_line(struct invitation_reader *r, char *line)
{
	char *rest = line + strcspn(line, " ");

	if (!r->head) {
		r->head = true;
		return strcmp(line, INVITATION_HEAD) == 0 ? RC_OK :
		    invitation_refuse(r, "an invitation begins with \"" INVITATION_HEAD "\"");
	}
	if (*rest != '\0')
		*rest++ = '\0';
	if (strcmp(line, "server") == 0)
		return invitation_get_server(r, rest);
	if (strcmp(line, "key") == 0 && !r->key) {
		r->key = true;
		return hex_get(rest, r->v->server_public, KEY_BYTES) == RC_OK ? RC_OK :
		    invitation_refuse(r, "\"key\" needs %u hexadecimal digits", 2 * KEY_BYTES);
	}
	if (strcmp(line, "word") == 0 && !r->word) {
		r->word = true;
		return word_parse(rest, r->v->word) == RC_OK ? RC_OK :
		    invitation_refuse(r, "\"word\" needs 16 letters and digits");
	}
	return invitation_refuse(r, "expected \"server\", or one \"key\" or one \"word\"");
}

enum rc
invitation_get(const char *src, size_t n, struct invitation *v, char *err, size_t err_n)
{
	struct invitation_reader r = { .v = v, .err = err, .err_n = err_n };
	char line[LINE_BYTES];
	enum rc result = RC_MALFORMED;
	size_t len, end;

	memset(v, 0, sizeof *v);
	if (n > INVITATION_MAX_BYTES) {
		snprintf(err, err_n, "an invitation has at most %u bytes", INVITATION_MAX_BYTES);
		goto out;
	}
	for (size_t at = 0; at < n; at = end + 1) {
		const char *feed = memchr(src + at, '\n', n - at);

		r.line++;
		end = feed == NULL ? n : (size_t)(feed - src);
		len = end - at;
		while (len > 0 && (src[at + len - 1] == '\r' || src[at + len - 1] == ' '))
			len--;
		if (len == 0)
			continue;
		if (len >= sizeof line || !text_is_clean(src + at, len)) {
			result = invitation_refuse(&r, "too long, or characters that do not belong there");
			goto out;
		}
		memcpy(line, src + at, len);
		line[len] = '\0';
		if ((result = invitation_get_line(&r, line)) != RC_OK)
			goto out;
	}
	if (v->nodes > 0 && r.key && r.word)
		result = RC_OK;
	else
		result = invitation_refuse(&r, "it ends before a \"server\", a \"key\" and a \"word\" were given");
out:
	crypto_wipe(line, sizeof line);
	if (result != RC_OK)
		crypto_wipe(v, sizeof *v);
	return result;
}
