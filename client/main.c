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
    "                            [--theme NAME] [--ascii]\n"
    "       countersign backoffice  (the same options)\n"
    "       countersign audit       (the same options)\n"
    "       countersign --help | --version\n"
    "\n"
    "terminal    the branch terminal: open accounts, log in, transfer money\n"
    "backoffice  payments from paper: makers enter and sign them, checkers post them\n"
    "audit       supervisors and auditors: events, people, sessions and terminals\n"
    "  --dir DIR          the terminal's own folder: its key, its invitation, terminal.conf\n"
    "  --invitation FILE  a new invitation, made by 'countersign-admin terminal invite'\n"
    "  --camera SPEC      v4l2:/dev/video0, file:PATH, pipe:PATH, rtsp:URL or test;\n"
    "                     instead of what terminal.conf says\n"
    "  --theme NAME       auto, colour, contrast or mono; instead of what terminal.conf says\n"
    "  --ascii            draw with ASCII characters alone\n";

struct words {
	const char *dir, *invitation, *camera, *theme;
	bool ascii, help;
};

/* The options; false: one is wrong, and that was said. */
static bool
main_options(int argc, char **argv, struct words *w)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "invitation", required_argument, NULL, 'i' },
		{ "camera", required_argument, NULL, 'c' },
		{ "theme", required_argument, NULL, 't' },
		{ "ascii", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int o;

	opterr = 0;
	while ((o = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (o) {
		case 'd':
			w->dir = optarg;
			break;
		case 'i':
			w->invitation = optarg;
			break;
		case 'c':
			w->camera = optarg;
			break;
		case 't':
			w->theme = optarg;
			break;
		case 'a':
			w->ascii = true;
			break;
		case 'h':
			w->help = true;
			break;
		case ':':
			fprintf(stderr, "countersign: %s needs a value\n", argv[optind - 1]);
			return false;
		default:
			fprintf(stderr, "countersign: unknown option %s; see: countersign --help\n", argv[optind - 1]);
			return false;
		}
	}
	if (optind != argc)
		fprintf(stderr, "countersign: %s is one word too many; see: countersign --help\n", argv[optind]);
	return optind == argc;
}

/* What can be judged before anything is opened; false: it is wrong, and that was said. */
static bool
main_check(const struct words *w)
{
	const char *where;
	char err[1024] = "";

	if (w->dir == NULL) {
		fputs("countersign: --dir DIR is missing\n", stderr);
		fputs(usage, stderr);
		return false;
	}
	if (w->camera != NULL && strlen(w->camera) >= CAMERA_SPEC_BYTES) {
		fprintf(stderr, "countersign: --camera has more than %u characters\n", CAMERA_SPEC_BYTES - 1);
		return false;
	}
	if (w->camera != NULL && camera_source_find(w->camera, &where, err, sizeof err) == NULL) {
		fprintf(stderr, "countersign: %s\n", err);
		return false;
	}
	if (w->camera != NULL && strncmp(w->camera, "rtsp:", 5) == 0 && strchr(w->camera, '@') != NULL) {
		fprintf(stderr, "countersign: a camera's password must not be given here, others could see it; "
		    "write the URL into %s/terminal.conf.\n", w->dir);
		return false;
	}
	if (w->theme != NULL && theme_palette(w->theme) < 0) {
		fprintf(stderr, "countersign: --theme %s: it must be auto, colour, contrast or mono\n", w->theme);
		return false;
	}
	return true;
}

static int
main_console(const struct console_kind *console, int argc, char **argv)
{
	struct words w = { 0 };
	struct directory d;
	char err[1024] = "";
	enum rc r = RC_BUG;

	if (!main_options(argc, argv, &w))
		return 2;
	if (w.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (!main_check(&w))
		return 2;
	if ((r = directory_open(w.dir, w.invitation, &d, err, sizeof err)) == RC_OK) {
		if (w.camera != NULL)
			snprintf(d.config.camera.spec, sizeof d.config.camera.spec, "%s", w.camera);
		if (w.theme != NULL)
			d.config.theme = (enum palette)theme_palette(w.theme);
		d.config.ascii = w.ascii;
		r = terminal_run(console, &d, err, sizeof err);
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
	const char *word = argc > 1 ? argv[1] : "";
	const struct console_kind *console;

	process_harden();
	setlocale(LC_ALL, "");
	if (strcmp(word, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (strcmp(word, "--version") == 0) {
		puts("countersign " COUNTERSIGN_VERSION);
		return 0;
	}
	if ((console = console_find(word)) == NULL) {
		if (*word != '\0')
			fprintf(stderr, "countersign: unknown console %s\n", word);
		fputs(usage, stderr);
		return 2;
	}
	if (crypto_init() != RC_OK) {
		fprintf(stderr, "countersign: libsodium cannot start.\n");
		return 1;
	}
	return main_console(console, argc - 1, argv + 1);
}
