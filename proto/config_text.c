/*
 * config_text.c - reading a configuration file, blanking its comments.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/config_text.h"

/* The end of what is in quotes at s: behind the closing quote, or the end of the text. */
static char *
config_text_quoted(char *s)
{
	const char quote = *s++;

	for (; *s != '\0' && *s != quote; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return *s == '\0' ? s : s + 1;
}

/* The end of the comment that begins at s, s itself if none does. */
static char *
config_text_comment(char *s)
{
	char *end;

	if (*s == '#' || (s[0] == '/' && s[1] == '/'))
		return s + strcspn(s, "\n");
	if (s[0] == '/' && s[1] == '*' && (end = strstr(s + 2, "*/")) != NULL)
		return end + 2;
	return s;
}

void
config_text_blank(char *text)
{
	bool apart = true;	/* a word could begin here */
	char *end;

	for (char *s = text; *s != '\0';) {
		if (*s == '"' || *s == '\'') {
			s = config_text_quoted(s);
			apart = true;
			continue;
		}
		end = apart ? config_text_comment(s) : s;
		if (end == s) {
			apart = strchr(" \t\r\n={}(),+", *s) != NULL;
			s++;
			continue;
		}
		for (; s < end; s++)
			if (*s != '\n')
				*s = ' ';
	}
}

static enum rc
config_text_fill(int fd, const char *path, char *text, size_t n, char *err, size_t err_n)
{
	size_t got = 0;
	ssize_t r = 1;

	while (got < n && r > 0) {
		r = read(fd, text + got, n - got);
		if (r < 0 && errno != EINTR) {
			snprintf(err, err_n, "cannot read %s: %s", path, strerror(errno));
			return RC_CONFIG;
		}
		if (r < 0)
			r = 1;
		else
			got += (size_t)r;
	}
	text[got] = '\n';
	text[got + 1] = '\0';
	if (strlen(text) == got + 1)
		return RC_OK;
	snprintf(err, err_n, "%s is not a text file", path);
	return RC_CONFIG;
}

enum rc
config_text_read(const char *path, char **text, char *err, size_t err_n)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	enum rc r = RC_CONFIG;
	struct stat st;

	*text = NULL;
	if (fd < 0 || fstat(fd, &st) != 0) {
		snprintf(err, err_n, "cannot open %s: %s", path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, err_n, "%s is %s, not a file", path, S_ISDIR(st.st_mode) ? "a folder" : "a device or pipe");
		goto out;
	}
	if (st.st_size > CONFIG_TEXT_MAX_BYTES) {
		snprintf(err, err_n, "%s is larger than %u bytes", path, CONFIG_TEXT_MAX_BYTES);
		goto out;
	}
	if ((*text = malloc((size_t)st.st_size + 2)) == NULL) {
		snprintf(err, err_n, "%s: %s", path, rc_text(RC_NOMEM));
		r = RC_NOMEM;
		goto out;
	}
	if ((r = config_text_fill(fd, path, *text, (size_t)st.st_size, err, err_n)) == RC_OK)
		config_text_blank(*text);
out:
	if (fd >= 0)
		close(fd);
	if (r != RC_OK) {
		free(*text);
		*text = NULL;
	}
	return r;
}
