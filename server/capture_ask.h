/*
 * capture_ask.h - how often a capture searches the picture and how long it
 * lets an embedding be put off; for capture_ask.c and capture_look.c, and for
 * whoever makes streams of frames like a capture's (tests/bench).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SERVER_CAPTURE_ASK_H
#define SERVER_CAPTURE_ASK_H

#define CAPTURE_SEARCH_LEAST_MS   230	/* from one search to the next, and a drawn part on top */
#define CAPTURE_SEARCH_SPREAD_MS  170
#define CAPTURE_SEARCH_LATE_MS    150	/* a search makes room for an embedding or texture so long: both in one frame take twice the time */
#define CAPTURE_TEXTURES_MOST     8u	/* frames of a capture whose texture is looked at */
#define CAPTURE_TEXTURES_LEAST    4u	/* ... before it may end: nobody is let off, however the frames fall */
#define CAPTURE_PUT_OFF_MOST      4u	/* a busy pool may leave an embedding or texture out so many times in a row, and no more */

#endif
