/*
 * file_pick.c - from folder to folder to a file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/file_pick.h"

#include <stdio.h>
#include <string.h>

static void
file_text(const void *ctx, size_t i, char text[static TABLE_CELL_BYTES])
{
	snprintf(text, TABLE_CELL_BYTES, "%s", ((const struct file_pick *)ctx)->list.name[i]);
}

static struct pick_items
file_items(const struct file_pick *p)
{
	return (struct pick_items){ .title = "Files of payments", .n = p->list.n, .text = file_text, .ctx = p };
}

void
file_pick_open(struct file_pick *p, const struct field *path)
{
	struct pick_items items;

	file_list_read(&p->list, path->text);
	items = file_items(p);
	pick_open(&p->pick, &items);
}

void
file_pick_key(struct file_pick *p, struct field *path, struct visit *v, struct key k)
{
	struct pick_items items = file_items(p);
	char text[FIELD_BYTES];
	size_t chosen;

	if (pick_key(&p->pick, &items, k, &chosen) != PICK_CHOSEN)
		return;
	file_list_path(path->text, p->list.name[chosen], text, sizeof text);
	if (text[0] == '\0')
		visit_say(v, NOTICE_WARN, "This path is too long; start the program nearer to the file.");
	else
		field_set(path, text);
	if (text[0] != '\0' && text[strlen(text) - 1] == '/')
		file_pick_open(p, path);
}

void
file_pick_draw(const struct file_pick *p, struct cells *c)
{
	struct pick_items items = file_items(p);

	if (p->pick.open)
		pick_draw(&p->pick, &items, c);
}
