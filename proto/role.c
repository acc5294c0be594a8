/*
 * role.c - see role.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/role.h"

static const char *const role_names[] = { "customer", "teller", "maker", "checker", "supervisor", "auditor", "administrator" };
#define ROLES (sizeof role_names / sizeof role_names[0])

static const struct {
	const char *name;
	unsigned roles;
} consoles[] = {
	{ "terminal", ROLE_CUSTOMER },
	{ "backoffice", ROLE_MAKER | ROLE_CHECKER },
	{ "audit", ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_ADMINISTRATOR },
};
#define CONSOLES (sizeof consoles / sizeof consoles[0])

unsigned
role_of_number(unsigned number)
{
	return number < ROLES ? 1u << number : 0;
}

unsigned
role_number(enum role r)
{
	unsigned n = 0;

	while (n < ROLES && 1u << n != (unsigned)r)
		n++;
	return n;
}

const char *
role_name(enum role r)
{
	unsigned n = role_number(r);

	return n < ROLES ? role_names[n] : "?";
}

enum rc
role_parse(const char *word, enum role *r)
{
	for (unsigned i = 1; i < ROLES; i++)
		if (strcmp(role_names[i], word) == 0) {
			*r = (enum role)(1u << i);
			return RC_OK;
		}
	return RC_INVALID;
}

static void
words_add(char dst[static ROLE_WORDS_BYTES], const char *word)
{
	size_t n = strlen(dst);

	snprintf(dst + n, ROLE_WORDS_BYTES - n, "%s%s", n > 0 ? ", " : "", word);
}

void
roles_words(unsigned roles, char dst[static ROLE_WORDS_BYTES])
{
	dst[0] = '\0';
	for (unsigned i = 1; i < ROLES; i++)
		if ((roles & 1u << i) != 0)
			words_add(dst, role_names[i]);
	if (dst[0] == '\0')
		words_add(dst, "none");
}

void
consoles_words(unsigned set, char dst[static ROLE_WORDS_BYTES])
{
	dst[0] = '\0';
	for (unsigned i = 0; i < CONSOLES; i++)
		if ((set & 1u << i) != 0)
			words_add(dst, consoles[i].name);
}

enum rc
consoles_parse(const char *text, unsigned *set)
{
	unsigned found = 0;

	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");
		unsigned i = 0;

		while (i < CONSOLES && (strlen(consoles[i].name) != n || strncmp(p, consoles[i].name, n) != 0))
			i++;
		if (i == CONSOLES)
			return RC_INVALID;
		found |= 1u << i;
		p += n;
		if (*p == '\0')
			break;
	}
	*set = found;
	return RC_OK;
}

unsigned
console_roles(enum console c)
{
	for (unsigned i = 0; i < CONSOLES; i++)
		if (1u << i == (unsigned)c)
			return consoles[i].roles;
	return 0;
}
