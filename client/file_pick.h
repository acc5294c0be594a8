/*
 * file_pick.h - a file chosen from the list of its folder, into a field.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A window over the page (pick.h) over a folder (file_list.h); choosing a
 * folder lists what is in it. Threads: none.
 */
#ifndef CLIENT_FILE_PICK_H
#define CLIENT_FILE_PICK_H

#include "client/file_list.h"
#include "client/pick.h"
#include "client/visit.h"

struct file_pick {
	struct file_list list;
	struct pick pick;	/* its open says whether it is there */
};

/* Lists the folder of the path that stands in the field. */
void file_pick_open(struct file_pick *p, const struct field *path);
/* Takes every key while it is open; what is chosen goes into the field. */
void file_pick_key(struct file_pick *p, struct field *path, struct visit *v, struct key k);
void file_pick_draw(const struct file_pick *p, struct cells *c);

#endif
