/*
 * peers.c - a table indexed by descriptor.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/peers.h"

struct peers {
	size_t most;		/* one above the highest descriptor seen */
	struct peer peer[PEERS_MAX];
};

struct peers *
peers_new(void)
{
	struct peers *p = calloc(1, sizeof *p);

	for (size_t i = 0; p != NULL && i < PEERS_MAX; i++)
		p->peer[i].fd = -1;
	return p;
}

void
peers_free(struct peers *p)
{
	free(p);
}

bool
peers_note(struct peers *p, int fd, bool control, uint64_t terminal, const uint8_t *route, size_t route_n)
{
	struct peer *e;

	if (fd < 0 || (size_t)fd >= PEERS_MAX || route_n > GATE_ROUTE_BYTES)
		return false;
	e = &p->peer[fd];
	if (e->fd == fd && e->terminal == terminal && e->control == control && e->route_n == route_n &&
	    memcmp(e->route, route, route_n) == 0)
		return true;
	*e = (struct peer){ .fd = fd, .control = control, .terminal = terminal, .route_n = route_n };
	memcpy(e->route, route, route_n);
	link_peer(fd, e->from);
	if ((size_t)fd >= p->most)
		p->most = (size_t)fd + 1;
	return true;
}

bool
peers_cut(struct peers *p, int fd)
{
	return fd >= 0 && (size_t)fd < PEERS_MAX && p->peer[fd].fd == fd && link_cut(fd, p->peer[fd].from);
}

void
peers_forget(struct peers *p, int fd)
{
	if (fd >= 0 && (size_t)fd < PEERS_MAX)
		peers_drop(&p->peer[fd]);
}

struct peer *
peers_next(struct peers *p, size_t *i)
{
	while (*i < p->most) {
		struct peer *e = &p->peer[(*i)++];

		if (e->fd >= 0)
			return e;
	}
	return NULL;
}

void
peers_drop(struct peer *p)
{
	p->fd = -1;
}
