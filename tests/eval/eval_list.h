/*
 * eval_list.h - lists of texts: paths of pictures, names of identities.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_LIST_H
#define TESTS_EVAL_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Grows; owns its texts. A zeroed struct is empty. */
struct eval_list { char **item; size_t n, cap; };

bool   eval_list_add(struct eval_list *l, const char *text);	/* false: out of memory */
/* Sorts bytewise and drops what is there twice. */
void   eval_list_sort(struct eval_list *l);
size_t eval_list_find(const struct eval_list *l, const char *text);	/* of a sorted list; l->n if absent */
void   eval_list_free(struct eval_list *l);

/*
 * Every picture below dir, relative paths, sorted; links are followed. A file
 * counts as a picture by its ending, JPEG or not: those of other formats are
 * then named as unreadable, not passed over. False with one sentence in err.
 */
bool eval_list_pictures(struct eval_list *l, const char *dir, char *err, size_t err_n);

#endif
