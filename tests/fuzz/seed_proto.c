/*
 * seed_proto.c - writes the first inputs of the fuzz targets of proto/:
 * seed_proto FOLDER, where FOLDER is tests/fuzz/corpus.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/invitation.h"
#include "proto/money.h"
#include "unit/msg_sample.h"

static void
put(const char *folder, const char *target, const char *name, const void *p, size_t n)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, target);
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	if ((f = fopen(path, "wb")) == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void
must(enum rc r)
{
	if (r != RC_OK) {
		fprintf(stderr, "seed_proto: %s\n", rc_text(r));
		exit(1);
	}
}

static void
seed_envelopes(const char *folder)
{
	static const char *const fills[] = { [SAMPLE_BARE] = "bare", [SAMPLE_FULL] = "full" };
	uint8_t bytes[CONTROL_MESSAGE_MAX];
	char name[64];
	cs_Envelope e;
	size_t n;

	for (size_t i = 0; i < sample_kinds(); i++)
		for (int fill = SAMPLE_BARE; fill <= SAMPLE_FULL; fill++) {
			sample_envelope(sample_kind(i), (enum sample_fill)fill, &e);
			must(msg_envelope_put(&e, bytes, &n));
			snprintf(name, sizeof name, "%s-%s", msg_kind_name(sample_kind(i)), fills[fill]);
			put(folder, "fuzz_envelope", name, bytes, n);
		}
}

static void
seed_video(const char *folder)
{
	cs_VideoHeader header = { .version = PROTO_VERSION, .seq = 7, .camera_us = 123456789012 };
	cs_VideoCredit credit = { .version = PROTO_VERSION, .seq = 7, .credits = CAPTURE_CREDITS };
	uint8_t bytes[VIDEO_HEADER_MAX];
	size_t n;

	must(msg_video_header_put(&header, bytes, &n));
	put(folder, "fuzz_video_header", "header", bytes, n);
	must(msg_video_credit_put(&credit, bytes, &n));
	put(folder, "fuzz_video_header", "credit", bytes, n);
}

static void
seed_invitations(const char *folder)
{
	struct invitation v = { .nodes = 1, .server_public = { 1, 2, 3 }, .word = "K7QM-2XD9-4TVA-H8PR" };
	char text[INVITATION_MAX_BYTES], name[16];
	size_t n;

	for (v.nodes = 1; v.nodes <= INVITATION_NODES_MAX; v.nodes++) {
		snprintf(v.node[v.nodes - 1].control, ADDRESS_BYTES, v.nodes % 2 == 0 ? "[::1]:%zu" : "branch-%zu.example:7700",
		    v.nodes);
		snprintf(v.node[v.nodes - 1].video, ADDRESS_BYTES, "127.0.0.%zu:7701", v.nodes);
		n = invitation_put(&v, text);
		snprintf(name, sizeof name, "nodes-%zu", v.nodes);
		put(folder, "fuzz_invitation", name, text, n);
	}
}

static void
seed_money(const char *folder)
{
	static const char *const amounts[] = { "\0" "1,234.50", "\0" " 1 234 567.8 ", "\1" "1000", "\2" "0.001", "\3" "90000000000000.00" };
	char text[ACCOUNT_MAX_BYTES + 1], shown[64], name[16];

	for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
		snprintf(name, sizeof name, "amount-%zu", i);
		put(folder, "fuzz_money", name, amounts[i], 1 + strlen(amounts[i] + 1));
	}
	for (uint32_t i = 0; i < 3; i++) {
		account_number_make(i * 3333, i * UINT64_C(1234567891), text);
		account_number_format(text, shown, sizeof shown);
		snprintf(name, sizeof name, "ours-%u", i);
		put(folder, "fuzz_account_number", name, i == 0 ? shown : text, strlen(i == 0 ? shown : text));
	}
	put(folder, "fuzz_account_number", "other", "gb82 west 1234 5698 7654 32", 27);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seed_proto FOLDER\n");
		return 2;
	}
	must(crypto_init());
	seed_envelopes(argv[1]);
	seed_video(argv[1]);
	seed_invitations(argv[1]);
	seed_money(argv[1]);
	return 0;
}
