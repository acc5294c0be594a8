/*
 * main.c - "countersign": which console, and where its folder is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "client/terminal.h"

static const char usage[] =
    "usage: countersign terminal --dir DIR [--invitation FILE] [--camera SPEC]\n"
    "       countersign backoffice | audit\n"
    "       countersign --help | --version\n"
    "\n"
    "terminal    the branch terminal: open accounts, log in, transfer money\n"
    "  --dir DIR          the terminal's own folder: its key, its invitation, terminal.conf\n"
    "  --invitation FILE  a new invitation, made by 'countersign-admin terminal invite'\n"
    "  --camera SPEC      v4l2:/dev/video0, file:PATH, pipe:PATH, rtsp:URL or test;\n"
    "                     instead of what terminal.conf says\n"
    "\n"
    "backoffice and audit are not in this version.\n";

static int
main_terminal(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "invitation", required_argument, NULL, 'i' },
		{ "camera", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *dir = NULL, *invitation = NULL, *camera = NULL, *where;
	struct directory d;
	char err[1024] = "";
	enum rc r = RC_BUG;
	int o;

	opterr = 0;
	while ((o = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (o) {
		case 'd':
			dir = optarg;
			break;
		case 'i':
			invitation = optarg;
			break;
		case 'c':
			camera = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case ':':
			fprintf(stderr, "countersign: terminal: %s needs a value\n", argv[optind - 1]);
			return 2;
		default:
			fprintf(stderr, "countersign: terminal: unknown option %s; see: countersign --help\n", argv[optind - 1]);
			return 2;
		}
	}
	if (optind != argc) {
		fprintf(stderr, "countersign: terminal: %s is one word too many; see: countersign --help\n", argv[optind]);
		return 2;
	}
	if (dir == NULL) {
		fputs("countersign: terminal: --dir DIR is missing\n", stderr);
		fputs(usage, stderr);
		return 2;
	}
	if (camera != NULL && strlen(camera) >= CAMERA_SPEC_BYTES) {
		fprintf(stderr, "countersign: --camera has more than %u characters\n", CAMERA_SPEC_BYTES - 1);
		return 2;
	}
	if (camera != NULL && camera_source_find(camera, &where, err, sizeof err) == NULL) {
		fprintf(stderr, "countersign: %s\n", err);
		return 2;
	}
	if (camera != NULL && strncmp(camera, "rtsp:", 5) == 0 && strchr(camera, '@') != NULL) {
		fprintf(stderr, "countersign: a camera's password must not be given here, others could see it; "
		    "write the URL into %s/terminal.conf.\n", dir);
		return 2;
	}
	if ((r = directory_open(dir, invitation, &d, err, sizeof err)) == RC_OK) {
		if (camera != NULL)
			snprintf(d.config.camera.spec, sizeof d.config.camera.spec, "%s", camera);
		r = terminal_run(&d, err, sizeof err);
	}
	directory_wipe(&d);
	if (r == RC_OK)
		return 0;
	fprintf(stderr, "countersign: %s\n", err);
	return 1;
}

int
main(int argc, char **argv)
{
	const char *console = argc > 1 ? argv[1] : "";

	process_harden();
	setlocale(LC_ALL, "");
	if (strcmp(console, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (strcmp(console, "--version") == 0) {
		puts("countersign " COUNTERSIGN_VERSION);
		return 0;
	}
	if (strcmp(console, "backoffice") == 0 || strcmp(console, "audit") == 0) {
		fprintf(stderr, "countersign: %s is not in this version.\n", console);
		return 2;
	}
	if (strcmp(console, "terminal") != 0) {
		if (*console != '\0')
			fprintf(stderr, "countersign: unknown console %s\n", console);
		fputs(usage, stderr);
		return 2;
	}
	if (crypto_init() != RC_OK) {
		fprintf(stderr, "countersign: libsodium cannot start.\n");
		return 1;
	}
	return main_terminal(argc - 1, argv + 1);
}
