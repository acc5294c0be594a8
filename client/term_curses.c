/*
 * term_curses.c - ncurses: the roles of the theme become colours, cells become
 * bytes, bytes become keys.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Colours: with 256 of them the theme and the camera picture are in colour;
 * with 8 the theme alone; with none bold, reverse and underline stand in, so
 * that every page can be read on a vt100. Colour pairs for pictures are made
 * when first seen and forgotten all at once when they run out. A terminal that
 * takes colours as red, green and blue gets the 256 as such. While a page
 * shines as a lamp, all of it but the camera picture has one pair.
 */
#include "client/term.h"
#include "client/lamp.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define PAIR_LAMP    (THEME_COUNT + 1)
#define PAIR_FIRST   (THEME_COUNT + 2)
#define PAIR_SLOTS   (257u * 257u)
#define ESC_DELAY_MS 25

struct look {
	short fg, bg;		/* xterm-256 */
	short fg8, bg8;		/* the eight colours */
	attr_t attrs;		/* with colours */
	attr_t plain;		/* without */
};

static const struct look looks[THEME_COUNT] = {
	[THEME_TEXT]      = { -1, -1, -1, -1, A_NORMAL, A_NORMAL },
	[THEME_DIM]       = { 245, -1, -1, -1, A_NORMAL, A_NORMAL },
	[THEME_STRONG]    = { -1, -1, -1, -1, A_BOLD, A_BOLD },
	[THEME_BORDER]    = { 66, -1, COLOR_CYAN, -1, A_NORMAL, A_NORMAL },
	[THEME_TITLE]     = { 255, 23, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
	[THEME_TITLE_DIM] = { 152, 23, COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
	[THEME_KEY]       = { 255, 23, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
	[THEME_KEY_TEXT]  = { 250, -1, -1, -1, A_NORMAL, A_NORMAL },
	[THEME_FIELD]     = { 252, 236, COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_UNDERLINE },
	[THEME_FIELD_ON]  = { 255, 24, COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
	[THEME_CHOICE_ON] = { 255, 24, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
	[THEME_GOOD]      = { 78, -1, COLOR_GREEN, -1, A_NORMAL, A_BOLD },
	[THEME_WARN]      = { 179, -1, COLOR_YELLOW, -1, A_NORMAL, A_BOLD },
	[THEME_BAD]       = { 203, -1, COLOR_RED, -1, A_BOLD, A_BOLD },
	[THEME_BANNER]    = { 255, 23, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
	[THEME_PICTURE]   = { -1, -1, -1, -1, A_NORMAL, A_NORMAL },
	[THEME_FACE]      = { 120, 16, COLOR_GREEN, COLOR_BLACK, A_BOLD, A_BOLD },
};

struct tty {
	SCREEN *screen;
	int  stderr_kept;	/* what standard error was, -1: untouched */
	bool ascii, redraw;
	bool direct;		/* a colour is 0xRRGGBB, not an index */
	uint32_t lamp;		/* what PAIR_LAMP is made for, 0: nothing yet */
	enum preview_colours colours;
	int  pairs, pair_next;
	int *pair_of;		/* [fg + 1][bg + 1], 0: none yet */
};

/* What a signal handler needs. Written before the handlers are set. */
static struct {
	volatile sig_atomic_t ended;
	bool armed;
	int fd;
	struct termios before;
	char leave[128];	/* the bytes that give the screen back */
	size_t leave_n;
} rescue;

static void
term_on_end(int sig)
{
	(void)sig;
	rescue.ended = 1;
}

/* Only async-signal-safe calls: the program is broken. */
static void
term_on_fatal(int sig)
{
	ssize_t n = write(rescue.fd, rescue.leave, rescue.leave_n);

	(void)n;
	tcsetattr(rescue.fd, TCSANOW, &rescue.before);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
rescue_add(const char *capability)
{
	size_t n;

	if (capability == NULL || capability == (const char *)-1)
		return;
	n = strlen(capability);
	if (n > sizeof rescue.leave - rescue.leave_n)
		return;
	memcpy(rescue.leave + rescue.leave_n, capability, n);
	rescue.leave_n += n;
}

static void
rescue_arm(void)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction sa = { 0 };

	rescue.leave_n = 0;
	rescue_add(tigetstr("sgr0"));
	rescue_add(tigetstr("rmkx"));
	rescue_add(tigetstr("cnorm"));
	rescue_add(tigetstr("rmcup"));
	rescue.armed = true;
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = term_on_end;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		sigaction(ends[i], &sa, NULL);
	sa.sa_handler = term_on_fatal;
	sa.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		sigaction(fatal[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sa.sa_flags = 0;
	sigaction(SIGPIPE, &sa, NULL);
}

/* exit() from anywhere, a library included, gives the terminal back too. */
static void
term_at_exit(void)
{
	if (rescue.armed && isendwin() == FALSE)
		endwin();
}

/* Libraries that print warnings must not print them over the page. */
static void
term_hush(struct tty *t)
{
	int nowhere;

	t->stderr_kept = -1;
	if (!isatty(STDERR_FILENO) || (nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0)
		return;
	t->stderr_kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (t->stderr_kept >= 0)
		dup2(nowhere, STDERR_FILENO);
	close(nowhere);
}

/* How a terminal of direct colours knows one: the lowest numbers are the user's own eight. */
static int
term_direct(uint32_t rgb)
{
	return rgb < 8 ? 8 : (int)rgb;
}

/* How the terminal knows a colour of xterm's 256; -1 stays. */
static int
term_hue(const struct tty *t, int index)
{
	return t->direct && index >= 0 ? term_direct(lamp_palette(index)) : index;
}

static void
term_colours_set(struct tty *t, enum preview_colours most)
{
	t->colours = PREVIEW_MONO;
	if (has_colors() == FALSE || start_color() == ERR)
		return;
	use_default_colors();
	t->colours = COLORS >= 256 && COLOR_PAIRS > 1024 ? PREVIEW_256 : PREVIEW_8;
	if (t->colours > most)
		t->colours = most;
	t->pairs = COLOR_PAIRS;
	t->direct = COLORS >= 1 << 24;
	for (int i = 0; i < THEME_COUNT; i++) {
		const struct look *l = &looks[i];

		if (t->colours == PREVIEW_256)
			init_extended_pair(i + 1, term_hue(t, l->fg), term_hue(t, l->bg));
		else if (t->colours == PREVIEW_8 && i + 1 < COLOR_PAIRS)
			init_extended_pair(i + 1, l->fg8, l->bg8);
	}
	t->pair_next = PAIR_FIRST;
}

/* Descriptions name the keys of the keypad by their place, where they name them; term_ss3() knows what is printed on them. */
static void
term_free_keypad(void)
{
	char s[] = "\033O?";

	for (s[2] = 'j'; s[2] <= 'y'; s[2]++) {
		int code = key_defined(s);

		if (code > 0 && (code < KEY_F0 || code > KEY_F(63)))
			define_key(s, 0);
	}
}

struct tty *
term_open(enum preview_colours most, char *err, size_t err_n)
{
	struct tty *t;
	const char *name = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, err_n, "This program draws on a terminal; its input and output must not be redirected.");
		return NULL;
	}
	if ((t = calloc(1, sizeof *t)) == NULL ||
	    (t->pair_of = calloc(PAIR_SLOTS, sizeof *t->pair_of)) == NULL) {
		snprintf(err, err_n, "Out of memory.");
		free(t);
		return NULL;
	}
	t->ascii = strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0;
	rescue.fd = STDOUT_FILENO;
	tcgetattr(STDOUT_FILENO, &rescue.before);
	if ((t->screen = newterm(NULL, stdout, stdin)) == NULL) {
		snprintf(err, err_n, "The terminal type '%s' is not known here. Set TERM, for example to xterm-256color or vt100.",
		    name == NULL ? "" : name);
		free(t->pair_of);
		free(t);
		return NULL;
	}
	rescue_arm();
	atexit(term_at_exit);
	term_hush(t);
	set_escdelay(ESC_DELAY_MS);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	term_free_keypad();
	define_key("\033[Z", KEY_BTAB);	/* some descriptions know it by another name */
	nodelay(stdscr, TRUE);
	term_colours_set(t, most);
	return t;
}

void
term_close(struct tty *t)
{
	if (t == NULL)
		return;
	endwin();
	rescue.armed = false;
	if (t->stderr_kept >= 0) {
		dup2(t->stderr_kept, STDERR_FILENO);
		close(t->stderr_kept);
	}
	delscreen(t->screen);
	free(t->pair_of);
	free(t);
}

bool
term_ascii(const struct tty *t)
{
	return t->ascii;
}

enum preview_colours
term_colours(const struct tty *t)
{
	return t->colours;
}

void
term_size(const struct tty *t, int *w, int *h)
{
	(void)t;
	getmaxyx(stdscr, *h, *w);
}

int
term_fd(const struct tty *t)
{
	(void)t;
	return STDIN_FILENO;
}

bool
term_ended(void)
{
	return rescue.ended != 0;
}

static struct raw_key
term_special(wint_t ch)
{
	static const struct { int code; enum raw_kind kind; } keys[] = {
		{ KEY_ENTER, RAW_ENTER }, { KEY_BTAB, RAW_BACKTAB }, { KEY_BACKSPACE, RAW_BACKSPACE },
		{ KEY_DC, RAW_DELETE }, { KEY_UP, RAW_UP }, { KEY_DOWN, RAW_DOWN }, { KEY_LEFT, RAW_LEFT },
		{ KEY_RIGHT, RAW_RIGHT }, { KEY_HOME, RAW_HOME }, { KEY_END, RAW_END }, { KEY_PPAGE, RAW_PGUP },
		{ KEY_NPAGE, RAW_PGDN }, { KEY_RESIZE, RAW_RESIZE },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if ((wint_t)keys[i].code == ch)
			return (struct raw_key){ .kind = keys[i].kind };
	if (ch > KEY_F0 && ch <= KEY_F(12))
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = (uint32_t)(ch - KEY_F0) };
	return (struct raw_key){ .kind = RAW_CHAR, .ch = 0 };	/* a key that means nothing here */
}

/* One more byte of a sequence that has begun; 0 if none comes in time. */
static uint32_t
term_more(void)
{
	wint_t ch;
	int r;

	timeout(ESC_DELAY_MS);
	r = get_wch(&ch);
	timeout(0);
	return r == OK ? (uint32_t)ch : 0;
}

/* "CSI number ~", as the VT220 and those after it send them; the numbers 16 and 22 are none. */
static struct raw_key
term_csi_number(uint32_t number)
{
	static const enum raw_kind pad[] = {
		[1] = RAW_HOME, [3] = RAW_DELETE, [4] = RAW_END, [5] = RAW_PGUP, [6] = RAW_PGDN, [7] = RAW_HOME, [8] = RAW_END,
	};

	if (number >= 11 && number <= 15)
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = number - 10 };
	if (number >= 17 && number <= 21)
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = number - 11 };
	if (number < sizeof pad / sizeof pad[0] && pad[number] != RAW_NONE)
		return (struct raw_key){ .kind = pad[number] };
	return (struct raw_key){ .kind = RAW_CHAR };
}

static struct raw_key
term_cursor(uint32_t final)
{
	switch (final) {
	case 'A':
		return (struct raw_key){ .kind = RAW_UP };
	case 'B':
		return (struct raw_key){ .kind = RAW_DOWN };
	case 'C':
		return (struct raw_key){ .kind = RAW_RIGHT };
	case 'D':
		return (struct raw_key){ .kind = RAW_LEFT };
	case 'H':
		return (struct raw_key){ .kind = RAW_HOME };
	case 'F':
		return (struct raw_key){ .kind = RAW_END };
	case 'Z':
		return (struct raw_key){ .kind = RAW_BACKTAB };
	default:
		return (struct raw_key){ .kind = RAW_CHAR };
	}
}

/*
 * A control sequence (ECMA-48 5.4) that terminfo does not know, up to its final
 * byte: the usual keys are understood, everything else means nothing, and
 * nobody takes it for typing.
 */
static struct raw_key
term_csi(void)
{
	uint32_t ch = term_more(), number = 0;
	bool plain = true;	/* one number and no modifier */

	if (ch == '[') {	/* the Linux console's F1 to F5 */
		ch = term_more();
		return ch >= 'A' && ch <= 'E' ? (struct raw_key){ .kind = RAW_FUNCTION, .ch = ch - 'A' + 1 } :
		    (struct raw_key){ .kind = RAW_CHAR };
	}
	for (; ch >= 0x20 && ch < 0x40; ch = term_more()) {
		if (ch >= '0' && ch <= '9' && number < 1000)
			number = number * 10 + (ch - '0');
		else
			plain = false;
	}
	if (!plain)
		return (struct raw_key){ .kind = RAW_CHAR };
	return ch == '~' ? term_csi_number(number) : term_cursor(ch);
}

/* "SS3 final": the VT100's PF1 to PF4, its cursor keys, and its keypad, which stands for what is printed on it. */
static struct raw_key
term_ss3(void)
{
	uint32_t ch = term_more();

	if (ch >= 'P' && ch <= 'S')
		return (struct raw_key){ .kind = RAW_FUNCTION, .ch = ch - 'P' + 1 };
	if (ch == 'M')
		return (struct raw_key){ .kind = RAW_ENTER };
	if (ch >= 'j' && ch <= 'y')
		return (struct raw_key){ .kind = RAW_CHAR, .ch = ch - 'p' + '0' };
	return term_cursor(ch);
}

/* Esc by itself, or what came together with it: Alt and a character, or a key that terminfo does not know. */
static struct raw_key
term_escape(void)
{
	wint_t after;
	int r = get_wch(&after);

	if (r == OK && after == '[')
		return term_csi();
	if (r == OK && after == 'O')
		return term_ss3();
	if (r == OK && after > 0x20 && after != 0x7f)
		return (struct raw_key){ .kind = RAW_CHAR, .ch = (uint32_t)after, .alt = true };
	if (r == OK)
		unget_wch((wchar_t)after);
	else if (r == KEY_CODE_YES)
		ungetch((int)after);
	return (struct raw_key){ .kind = RAW_ESC };
}

struct raw_key
term_key(struct tty *t)
{
	wint_t ch;
	int r = get_wch(&ch);

	(void)t;
	if (r == ERR)
		return (struct raw_key){ .kind = RAW_NONE };
	if (r == KEY_CODE_YES)
		return term_special(ch);
	if (ch != 27)
		return (struct raw_key){ .kind = RAW_CHAR, .ch = (uint32_t)ch };
	return term_escape();
}

/* The pair of a picture cell; when all are taken, all are forgotten and made anew. */
static int
term_pair(struct tty *t, int fg, int bg)
{
	int *slot = &t->pair_of[(size_t)(fg + 1) * 257 + (size_t)(bg + 1)];

	if (*slot != 0)
		return *slot;
	if (t->pair_next >= t->pairs) {
		memset(t->pair_of, 0, PAIR_SLOTS * sizeof *t->pair_of);
		t->pair_next = PAIR_FIRST;
		t->redraw = true;
	}
	init_extended_pair(t->pair_next, term_hue(t, fg), term_hue(t, bg));
	return *slot = t->pair_next++;
}

/* Where the terminal has to repaint it anyway, curses does so by itself when a pair changes. */
static void
term_lamp(struct tty *t, uint32_t rgb)
{
	int bg = t->direct ? term_direct(rgb) : lamp_nearest(rgb);
	uint32_t seen = t->direct ? rgb : lamp_palette(bg);

	if (rgb == 0 || rgb == t->lamp)
		return;
	init_extended_pair(PAIR_LAMP, term_hue(t, lamp_wants_black(seen) ? 16 : 231), bg);
	t->lamp = rgb;
}

static void
term_put(struct tty *t, int y, int x, const struct cell *cell, bool lit)
{
	const struct look *l = &looks[cell->theme < THEME_COUNT ? cell->theme : THEME_TEXT];
	wchar_t text[3] = { (wchar_t)cell->cp, (wchar_t)cell->mark, 0 };
	attr_t attrs = t->colours == PREVIEW_256 ? l->attrs :
	    t->colours == PREVIEW_8 ? l->attrs | (l->plain & A_UNDERLINE) : l->plain;
	int pair = t->colours == PREVIEW_MONO ? 0 : cell->theme + 1;
	cchar_t out;

	if (cell->theme == THEME_PICTURE) {
		attrs = A_NORMAL;
		pair = t->colours == PREVIEW_256 && cell->fg < 256 && cell->bg < 256 && cell->fg >= -1 && cell->bg >= -1 ?
		    term_pair(t, cell->fg, cell->bg) : 0;
	}
	if (cell->theme == THEME_FACE && t->colours == PREVIEW_256 && cell->bg >= 0 && cell->bg < 256)
		pair = term_pair(t, l->fg, cell->bg);
	else if (lit && cell->theme != THEME_PICTURE)
		pair = PAIR_LAMP;
	if (setcchar(&out, text, attrs, (short)(pair > 0x7fff ? 0 : pair), &pair) == ERR) {
		text[0] = '?';
		text[1] = 0;
		setcchar(&out, text, attrs, 0, NULL);
	}
	mvadd_wch(y, x, &out);
}

void
term_show(struct tty *t, const struct cells *c)
{
	bool lit = c->lamp != 0 && t->colours == PREVIEW_256;

	if (lit)
		term_lamp(t, c->lamp);
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			struct cell cell = *cells_at(c, y, x);

			/* A bar's end is written, not cleared: not every terminal keeps the colour when clearing. */
			if (x == c->w - 1 && cell.cp == ' ' && (cell.theme == THEME_BANNER || lit) && !t->ascii)
				cell.cp = 0xa0;
			if (cell.cp != 0)
				term_put(t, y, x, &cell, lit);
		}
	if (t->redraw) {
		clearok(stdscr, TRUE);
		t->redraw = false;
	}
	curs_set(c->cur_on ? 1 : 0);
	move(c->cur_on ? c->cur_y : c->h - 1, c->cur_on ? c->cur_x : c->w - 1);
	refresh();
}

void
term_ring(struct tty *t)
{
	const char *sound = tigetstr("bel");

	/* Not beep(): where there is no bell it makes the screen flash. */
	(void)t;
	if (sound != NULL && sound != (const char *)-1) {
		putp(sound);
		fflush(stdout);
	}
}

void
term_redraw(struct tty *t)
{
	t->redraw = true;
}
