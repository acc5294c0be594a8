/*
 * config_policy.h - the bands and days of the section `policy`.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For config.c alone. libconfuse hands its callbacks no context, so the policy
 * that is being read is kept per thread between begin and end.
 */
#ifndef SERVER_CONFIG_POLICY_H
#define SERVER_CONFIG_POLICY_H

#include <confuse.h>
#include <stdio.h>

#include "server/policy.h"

#define CONFIG_POLICY_OPTIONS 3

/* The options of its bands and days; valid for the life of the thread. */
void    config_policy_options(cfg_opt_t dst[static CONFIG_POLICY_OPTIONS]);
/* Rules that are read on this thread go to *p, which the caller empties before. */
void    config_policy_begin(struct policy *p);
/* Without a rule in the file the built-in ones count. */
void    config_policy_end(void);
/* Their reference, in the form of a configuration. */
void    config_policy_print(FILE *to);

#endif
