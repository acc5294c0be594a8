/*
 * fake_worker.c - a program that speaks the vision worker's protocol and
 * misbehaves on command.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With --pack it fills and seals the memory file, unless --models is
 * "unpacked" (fails), "unsealed", "silent" (never ends) or "mark:FILE" (takes
 * 50 ms, and makes FILE at the end).
 * --models says how it starts: "good", "silent" (never says hello), "exit",
 * "rubbish" (no hello), "noise" (speaks again without being asked), "late:FILE"
 * (says hello only once FILE exists).
 * The JPEG is the command: "die", "hang", "rubbish", "nan", "other" (another
 * frame's number), "twice", "huge" (announces too much), "deaf" (closes its
 * ears but lives), "bad" (refuses the picture), "followed" (says that it
 * followed the face, whatever it was told), "self" (says what it was given:
 * width = environment variables, height = open descriptors above WORKER_FD,
 * sharpness = bytes of packed weights that nobody can change),
 * "pid" (sharpness = its process id), "slow" (takes 3 ms),
 * anything else: one face.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "proto/vision_wire.h"

extern char **environ;

#define FD 3
#define WEIGHTS_FD 4

static void
fake_send(const void *p, size_t n)
{
	if (send(FD, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		exit(1);
}

static void
fake_send_message(const uint8_t *p, size_t n)
{
	uint8_t length[VISION_LENGTH_BYTES];

	for (unsigned i = 0; i < sizeof length; i++)
		length[i] = (uint8_t)(n >> (8 * i));
	fake_send(length, sizeof length);
	fake_send(p, n);
}

static void
fake_hang(void)
{
	for (;;)
		pause();
}

/* Until the other side is gone. */
static bool
fake_read(uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(FD, p, n, 0);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static uint32_t
fake_count_environment(void)
{
	uint32_t n = 0;

	while (environ[n] != NULL)
		n++;
	return n;
}

static uint32_t
fake_count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	uint32_t n = 0;

	if (d == NULL)
		return 999;
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' && atoi(e->d_name) > FD && atoi(e->d_name) != dirfd(d);
	closedir(d);
	return n;
}

static int
fake_pack(const char *how)
{
	if (strcmp(how, "silent") == 0)
		fake_hang();
	if (strcmp(how, "unpacked") == 0 || write(FD, "weights", 7) != 7)
		return 1;
	if (strcmp(how, "unsealed") != 0 &&
	    fcntl(FD, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
		return 1;
	if (strncmp(how, "mark:", 5) == 0) {
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
		return creat(how + 5, 0600) < 0;
	}
	return 0;
}

/* Of the shared weights; 0 if there are none, or if they can be changed. */
static float
fake_weights(void)
{
	struct stat st;

	if (fstat(WEIGHTS_FD, &st) != 0 || pwrite(WEIGHTS_FD, "x", 1, 0) == 1 || ftruncate(WEIGHTS_FD, 0) == 0)
		return 0;
	return (float)st.st_size;
}

static void
fake_hello(const char *how)
{
	static const struct vision_hello h = { "fake-net", 3, 4 };
	uint8_t bytes[VISION_HELLO_BYTES];

	if (strcmp(how, "exit") == 0)
		exit(0);
	if (strcmp(how, "silent") == 0)
		fake_hang();
	if (strcmp(how, "rubbish") == 0)
		fake_send_message((const uint8_t *)"hello, I am a worker", 20);
	if (strncmp(how, "late:", 5) == 0)
		while (access(how + 5, F_OK) != 0)
			nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	fake_send_message(bytes, vision_hello_put(&h, bytes));
	if (strcmp(how, "noise") == 0)
		fake_send_message(bytes, sizeof bytes);
}

static void
fake_answer(const struct vision_request *q, const uint8_t *jpeg)
{
	struct vision_features f = { .seq = q->seq, .width = 640, .height = 480, .faces = 1,
		.face = { { 100, 100, 120, 120, .9f } }, .brightness = 100, .sharpness = 50 };
	uint8_t bytes[VISION_FEATURES_MAX];
	char order[16] = "";

	memcpy(order, jpeg, q->jpeg_bytes < sizeof order - 1 ? q->jpeg_bytes : sizeof order - 1);
	if (strcmp(order, "die") == 0)
		abort();
	if (strcmp(order, "hang") == 0)
		fake_hang();
	if (strcmp(order, "slow") == 0)
		nanosleep(&(struct timespec){ 0, 3000000 }, NULL);
	if (strcmp(order, "deaf") == 0) {
		shutdown(FD, SHUT_RDWR);
		fake_hang();
	}
	if (strcmp(order, "huge") == 0)
		fake_send("\xff\xff\xff\x7f", 4);
	if (strcmp(order, "rubbish") == 0)
		fake_send_message((const uint8_t *)"what a fine face", 16);
	if (strcmp(order, "nan") == 0)
		f.turn = NAN;
	if (strcmp(order, "other") == 0)
		f.seq++;
	f.tracked |= strcmp(order, "followed") == 0;
	if (strcmp(order, "bad") == 0)
		f = (struct vision_features){ .seq = q->seq, .rc = RC_IMAGE_BAD };
	if (strcmp(order, "pid") == 0)
		f.sharpness = (float)getpid();
	if (strcmp(order, "self") == 0) {
		f.width = fake_count_environment();
		f.height = fake_count_descriptors();
		f.sharpness = fake_weights();
	}
	if ((q->want & VISION_WANT_EMBEDDING) != 0 && f.rc == RC_OK) {
		f.embed_dim = 4;
		f.embed_norm = 7;
		f.embedding[1] = 1;
	}
	if (q->track.w > 0 && f.faces > 0) {
		f.tracked = 1;
		f.face[0] = q->track;
	}
	fake_send_message(bytes, vision_features_put(&f, bytes));
	if (strcmp(order, "twice") == 0)
		fake_send_message(bytes, vision_features_put(&f, bytes));
}

int
main(int argc, char **argv)
{
	static uint8_t jpeg[JPEG_MAX_BYTES + 1];
	uint8_t head[VISION_REQUEST_BYTES];
	struct vision_request q;

	if (argc < 5 || strcmp(argv[1], "--models") != 0 || atoi(argv[4]) != FD)
		return 2;
	if (strcmp(argv[3], "--pack") == 0)
		return fake_pack(argv[2]);
	if (strcmp(argv[3], "--fd") != 0)
		return 2;
	fake_hello(argv[2]);
	while (fake_read(head, sizeof head)) {
		if (vision_request_get(head, sizeof head, &q) != RC_OK || !fake_read(jpeg, q.jpeg_bytes))
			return 3;
		jpeg[q.jpeg_bytes] = '\0';
		fake_answer(&q, jpeg);
	}
	return 0;
}
