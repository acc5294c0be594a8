/*
 * notify_smtp.c - the channel `smtp`: a mail server, through libcurl.
 * SPDX-License-Identifier: Apache-2.0
 *
 * RFC 5321 and 5322. With smtp_tls (the default) a connection without TLS, or
 * to a server whose certificate does not verify, is not used.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/notify.h"

#define SMTP_TIMEOUT_MS 15000L
#define SMTP_MAIL_BYTES  2048u

struct notify_smtp {
	const struct config *config;
	const struct rng *rng;
	char password[CONFIG_TEXT_BYTES];
};

struct smtp_reader {
	const char *at;
	size_t left;
};

static size_t
notify_smtp_read(char *dst, size_t size, size_t n, void *ctx)
{
	struct smtp_reader *r = ctx;
	size_t take = size * n < r->left ? size * n : r->left;

	memcpy(dst, r->at, take);
	r->at += take;
	r->left -= take;
	return take;
}

/* The text with CRLF line ends, after the headers. RC_TOO_BIG if it does not fit. */
static enum rc
notify_smtp_compose(const struct notify_smtp *s, const struct notify_message *m, char *dst, size_t dst_n, size_t *len)
{
	time_t at = (time_t)(m->at_ms / 1000);
	uint8_t id[ID_BYTES];
	char date[64], id_text[2 * ID_BYTES + 1];
	struct tm tm;
	int n;

	rng_fill(s->rng, id, sizeof id);
	hex_put(id, sizeof id, id_text);
	gmtime_r(&at, &tm);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
	n = snprintf(dst, dst_n, "Date: %s\r\nFrom: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s@countersign>\r\n"
	    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
	    date, s->config->notify.smtp_from, m->to, m->subject, id_text);
	if (n < 0 || (size_t)n >= dst_n)
		return RC_TOO_BIG;
	*len = (size_t)n;
	for (const char *p = m->body; *p != '\0'; p++) {
		if (*len + 2 >= dst_n)
			return RC_TOO_BIG;
		if (*p == '\n')
			dst[(*len)++] = '\r';
		dst[(*len)++] = *p;
	}
	return RC_OK;
}

/* RC_OK or the first option that libcurl did not take. */
static enum rc
notify_smtp_options(CURL *h, const struct notify_smtp *s, const char *from, struct curl_slist *to, struct smtp_reader *r)
{
	const struct config *c = s->config;
	CURLcode e = CURLE_OK;

#define SET(option, value) do { if (e == CURLE_OK) e = curl_easy_setopt(h, option, value); } while (0)
	SET(CURLOPT_URL, c->notify.smtp_url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");	/* whatever the environment says */
	SET(CURLOPT_USE_SSL, c->notify.smtp_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_MAIL_FROM, from);
	SET(CURLOPT_MAIL_RCPT, to);
	SET(CURLOPT_READFUNCTION, notify_smtp_read);
	SET(CURLOPT_READDATA, r);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_TIMEOUT_MS, SMTP_TIMEOUT_MS);
	SET(CURLOPT_NOSIGNAL, 1L);
	if (c->notify.smtp_user[0] != '\0') {
		SET(CURLOPT_USERNAME, c->notify.smtp_user);
		SET(CURLOPT_PASSWORD, s->password);
	}
#undef SET
	return e == CURLE_OK ? RC_OK : RC_NOMEM;
}

static enum rc
notify_smtp_send(struct notify_channel *ch, const struct notify_message *m, char *err, size_t err_n)
{
	const struct notify_smtp *s = ch->ctx;
	char mail[SMTP_MAIL_BYTES], from[EMAIL_MAX_BYTES + 3], rcpt[EMAIL_MAX_BYTES + 3];
	struct smtp_reader reader = { mail, 0 };
	struct curl_slist *to = NULL;
	CURL *h = NULL;
	CURLcode e;
	enum rc r = RC_NOMEM;

	snprintf(from, sizeof from, "<%.*s>", (int)EMAIL_MAX_BYTES, s->config->notify.smtp_from);
	snprintf(rcpt, sizeof rcpt, "<%.*s>", (int)EMAIL_MAX_BYTES, m->to);
	if ((r = notify_smtp_compose(s, m, mail, sizeof mail, &reader.left)) != RC_OK) {
		r = RC_INVALID;
		goto out;
	}
	r = RC_NOMEM;
	if ((h = curl_easy_init()) == NULL || (to = curl_slist_append(NULL, rcpt)) == NULL ||
	    (r = notify_smtp_options(h, s, from, to, &reader)) != RC_OK)
		goto out;
	if ((e = curl_easy_perform(h)) == CURLE_OK)
		r = RC_OK;
	else {
		snprintf(err, err_n, "the mail server at %s: %s", s->config->notify.smtp_url, curl_easy_strerror(e));
		r = RC_IO;
	}
out:
	curl_slist_free_all(to);
	if (h != NULL)
		curl_easy_cleanup(h);
	crypto_wipe(mail, sizeof mail);
	return r;
}

static void
notify_smtp_close(struct notify_channel *c)
{
	if (c->ctx != NULL)
		crypto_wipe(c->ctx, sizeof(struct notify_smtp));
	free(c->ctx);
	c->ctx = NULL;
	curl_global_cleanup();
}

static const struct notify_channel_ops notify_smtp_ops = {
	.name = "smtp",
	.send = notify_smtp_send,
	.close = notify_smtp_close,
};

enum rc
notify_smtp_open(const struct config *c, const struct rng *g, struct notify_channel *out, char *err, size_t err_n)
{
	struct notify_smtp *s = calloc(1, sizeof *s);
	enum rc r = RC_NOMEM;

	if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		snprintf(err, err_n, "libcurl does not start");
		free(s);
		return r;
	}
	s->config = c;
	s->rng = g;
	out->ops = &notify_smtp_ops;
	out->ctx = s;
	if (c->notify.smtp_user[0] == '\0')
		return RC_OK;
	r = config_secret(c->notify.smtp_password_file, s->password, sizeof s->password, err, err_n);
	if (r != RC_OK) {
		notify_smtp_close(out);
		out->ops = NULL;
	}
	return r;
}
