/*
 * rc.c - names and texts of the result codes, from the one list in rc.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/rc.h"

const char *
rc_text(enum rc r)
{
	switch (r) {
#define X(name, num, text) case name: return text;
	RC_LIST(X)
#undef X
	}
	return "unknown result";
}

const char *
rc_name(enum rc r)
{
	switch (r) {
#define X(name, num, text) case name: return #name;
	RC_LIST(X)
#undef X
	}
	return "RC_?";
}

enum rc
rc_from_wire(int number)
{
	switch (number) {
#define X(name, num, text) case num: return name;
	RC_LIST(X)
#undef X
	}
	return RC_BUG;
}
