/*
 * net_video.c - camera pictures go on credit, one at a time, never queued.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/net_state.h"

#include <string.h>

#define NET_CREDITS_MAX 16u
#define NET_CREDIT_LOST_MS 2000	/* a credit that did not come back counts as lost */

void
net_video_credits(struct net *n)
{
	struct link_msg m;
	cs_VideoCredit c;

	for (int i = 0; i < 64 && n->video != NULL; i++) {
		link_msg_init(&m);
		if (link_recv(n->video, &m) != RC_OK) {
			link_msg_close(&m);
			return;
		}
		if (m.n == 1 && msg_video_credit_get(link_msg_data(&m, 0), link_msg_size(&m, 0), &c) == RC_OK &&
		    n->filming && memcmp(c.capture, n->capture, ID_BYTES) == 0) {
			n->credit_ms = net_now(n);
			n->credits = c.credits > NET_CREDITS_MAX - n->credits ? NET_CREDITS_MAX : n->credits + c.credits;
		}
		link_msg_close(&m);
	}
}

void
net_video_due(struct net *n, int64_t now)
{
	if (n->filming && n->credits == 0 && now - n->credit_ms >= NET_CREDIT_LOST_MS) {
		n->credits = 1;
		n->credit_ms = now;
	}
}

void
net_video_start(struct net *n, const cs_CaptureBegun *b)
{
	n->filming = true;
	memcpy(n->capture, b->capture, ID_BYTES);
	n->credits = b->credits > NET_CREDITS_MAX ? NET_CREDITS_MAX : b->credits;
	n->fps = b->fps == 0 || b->fps > 60 ? 15 : b->fps;
	n->seq = 0;
	n->frame_ms = 0;
	n->credit_ms = net_now(n);
}

void
net_video_stop(struct net *n)
{
	n->filming = false;
}

bool
net_video_wants(const struct net *n)
{
	/* A few milliseconds early are early enough: cameras are not exact. */
	return n->filming && n->video != NULL && n->credits > 0 &&
	    net_now(n) - n->frame_ms >= 1000 / (int64_t)n->fps - 8;
}

void
net_video_send(struct net *n, const uint8_t *jpeg, size_t bytes, int64_t camera_us)
{
	cs_VideoHeader h = cs_VideoHeader_init_zero;
	uint8_t header[VIDEO_HEADER_MAX];
	struct link_msg m;
	size_t header_n;

	if (!net_video_wants(n) || bytes > JPEG_MAX_BYTES)
		return;
	h.version = PROTO_VERSION;
	memcpy(h.capture, n->capture, ID_BYTES);
	h.seq = n->seq + 1;
	h.camera_us = camera_us;
	link_msg_init(&m);
	if (msg_video_header_put(&h, header, &header_n) == RC_OK && link_msg_add(&m, header, header_n) == RC_OK &&
	    link_msg_add(&m, jpeg, bytes) == RC_OK && link_send(n->video, &m) == RC_OK) {
		n->seq++;
		n->credits--;
		n->frame_ms = net_now(n);
	}
	link_msg_close(&m);
}
