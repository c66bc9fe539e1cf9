/* pipe: texts taken and refused, random words there and back, random texts against sh */
#include <sys/wait.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipe.h"

#define ROUNDS 20000
#define SHELLS 300		/* texts in one call of sh */
#define WORD 12

static uint64_t state;

static uint64_t
rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t
below(size_t n)
{
	return (size_t)(rnd() % n);
}

static void
fail(const char *what, const char *text)
{
	fprintf(stderr, "prop_pipe: %s: %s\n", what, text);
	exit(1);
}

/* The words, each in angle brackets, commands with a bar between. */
static void
show_pipe(const struct pipe *p, struct buf *b)
{
	size_t i;
	int k;

	for (i = 0; i < p->n; i++) {
		if (i > 0)
			buf_addc(b, '|');
		for (k = 0; k < p->v[i].argc; k++) {
			buf_addc(b, '<');
			buf_adds(b, p->v[i].argv[k]);
			buf_addc(b, '>');
		}
		if (p->v[i].argv[k] != NULL)
			fail("argv", "does not end");
	}
}

static const char *const taken[][2] = {
	{ "a", "<a>" },
	{ " \t\na\n ", "<a>" },
	{ "a b  c", "<a><b><c>" },
	{ "a|b", "<a>|<b>" },
	{ "a x |\n b y\n| c", "<a><x>|<b><y>|<c>" },
	{ "a 'b c' \"d e\"", "<a><b c><d e>" },
	{ "a 'v > 10 && x'", "<a><v > 10 && x>" },
	{ "a '' \"\"", "<a><><>" },
	{ "a b''c", "<a><bc>" },
	{ "a b'|'c\\|d\"|\"", "<a><b|c|d|>" },
	{ "a '\\n' \"\\n\" \\n", "<a><\\n><\\n><n>" },
	{ "a \"\\$\\`\\\"\\\\\\a\"", "<a><$`\"\\\\a>" },
	{ "a \\\nb", "<a><b>" },
	{ "a b\\\nc", "<a><bc>" },
	{ "a \"b\\\nc\"", "<a><bc>" },
	{ "a 'b\nc'", "<a><b\nc>" },
	{ "a b#c d~e 1 -x=%y,z!", "<a><b#c><d~e><1><-x=%y,z!>" },
	{ "a !", "<a><!>" },
	{ "a if A=b }", "<a><if><A=b><}>" },
	{ "'if' a | \\A=b | 'A'=b | 1A=b | -A=b | =b",
	    "<if><a>|<A=b>|<A=b>|<1A=b>|<-A=b>|<=b>" },
	{ "\\; \\& \\< \\> \\$ \\` \\( \\) \\* \\? \\[ \\~ \\# \\{ \\'",
	    "<;><&><<><>><$><`><(><)><*><?><[><~><#><{><'>" },
	{ "'' x", "<><x>" },
	{ "/usr/bin/a.b -c", "</usr/bin/a.b><-c>" },
	{ "a \xc3\xa4", "<a><\xc3\xa4>" },
};

#define SHELL "needs a shell: quote it, or use sh -c '...'"
#define INNER "needs a shell: put a backslash before it, use '...', or sh -c '...'"
#define ASSIGN "needs a shell: put env before it, or use sh -c '...'"

static const char *const refused[][2] = {
	{ "", "column 1: no command" },
	{ "  ", "column 3: no command" },
	{ "|a", "column 1: no command before the |" },
	{ "a|", "column 3: no command behind the |" },
	{ "a | | b", "column 5: no command behind the |" },
	{ "a || b", "column 3: || " SHELL },
	{ "a |& b", "column 3: |& " SHELL },
	{ "a; b", "column 2: ; " SHELL },
	{ "a &", "column 3: & " SHELL },
	{ "a <b", "column 3: < " SHELL },
	{ "a 2>b", "column 4: > " SHELL },
	{ "a $b", "column 3: $ " SHELL },
	{ "a `b`", "column 3: ` " SHELL },
	{ "(a)", "column 1: ( " SHELL },
	{ "a )", "column 3: ) " SHELL },
	{ "a *.c", "column 3: * " SHELL },
	{ "a b?", "column 4: ? " SHELL },
	{ "a [b]", "column 3: [ " SHELL },
	{ "a ~/b", "column 3: ~ " SHELL },
	{ "a #b", "column 3: # " SHELL },
	{ "a x{b,c}", "column 4: { " SHELL },
	{ "{ a", "column 1: { " SHELL },
	{ "a | } b", "column 5: } " SHELL },
	{ "! a", "column 1: ! " SHELL },
	{ "a | time b", "column 5: time " SHELL },
	{ "if a", "column 1: if " SHELL },
	{ "A=b c", "column 1: A=b " ASSIGN },
	{ "A+='b' c", "column 1: A+='b' " ASSIGN },
	{ "a | _9\\\n=x c", "line 1 column 5: _9\\\\n=x " ASSIGN },
	{ "a 'b", "column 3: the quote is not closed" },
	{ "a b\"c", "column 4: the quote is not closed" },
	{ "a \"b\\\"", "column 3: the quote is not closed" },
	{ "a \"b\\", "column 3: the quote is not closed" },
	{ "a \"b$c\"", "column 5: $ " INNER },
	{ "a \"`b`\"", "column 4: ` " INNER },
	{ "a \\", "column 3: nothing is behind the backslash" },
	{ "a '\xc3\xa4\xe2\x82\xac' ;", "column 8: ; " SHELL },
	{ "a |\n b ;", "line 2 column 4: ; " SHELL },
};

static void
try_tables(void)
{
	struct buf b = { 0 };
	struct pipe p;
	size_t i;

	for (i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		b.n = 0;
		if (pipe_parse(&p, taken[i][0], &b) < 0 || b.n > 0)
			fail("not taken", taken[i][0]);
		show_pipe(&p, &b);
		buf_addc(&b, '\0');
		if (strcmp(b.s, taken[i][1]) != 0)
			fail("wrong words", b.s);
		pipe_free(&p);
	}
	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		b.n = 0;
		if (pipe_parse(&p, refused[i][0], &b) != -1)
			fail("taken", refused[i][0]);
		buf_addc(&b, '\0');
		if (strcmp(b.s, refused[i][1]) != 0)
			fail("wrong reason", b.s);
	}
	buf_free(&b);
}

static void
try_tool(void)
{
	static const char *const names[][2] = {
		{ "sfilter", "sfilter" }, { "/usr/bin/sfilter", "sfilter" },
		{ "./a", "a" }, { "a/", "" },
	};
	struct command c;
	char *argv[2] = { NULL, NULL };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		argv[0] = mem_copy(names[i][0], strlen(names[i][0]));
		c = (struct command){ 1, argv };
		if (strcmp(command_tool(&c), names[i][1]) != 0)
			fail("command_tool", names[i][0]);
		free(argv[0]);
	}
}

static const char odd[] = "ab1=_ \t\n'\"\\|;&<>$`(){}*?[]~#!-+,./\xc3\xa4";

static void
add_word(struct command *c, const char *s)
{
	c->argv = mem_grow(c->argv, (size_t)c->argc + 2, sizeof *c->argv);
	c->argv[c->argc++] = mem_copy(s, strlen(s));
	c->argv[c->argc] = NULL;
}

/* Random words; what is printed of them is taken for the same words. */
static void
try_words(void)
{
	static const char *const words[] = {
		"if", "!", "{", "}", "time", "A=b", "A+=b", "", "~", "#", "\\"
	};
	struct buf text = { 0 }, a = { 0 }, b = { 0 };
	struct pipe p = { 0 }, q;
	char word[WORD + 1];
	size_t i, k, n;

	p.n = 1 + below(4);
	p.v = mem_alloc(p.n * sizeof *p.v);
	for (i = 0; i < p.n; i++)
		for (k = 1 + below(4); k > 0; k--) {
			for (n = 0; n < WORD && below(4) > 0; n++)
				word[n] = odd[below(sizeof odd - 1)];
			word[n] = '\0';
			add_word(&p.v[i], below(5) > 0 ? word :
			    words[below(sizeof words / sizeof words[0])]);
		}
	pipe_print(&p, &text);
	buf_addc(&text, '\0');
	if (pipe_parse(&q, text.s, &b) < 0)
		fail("printed, and not taken", text.s);
	show_pipe(&p, &a);
	show_pipe(&q, &b);
	if (p.n != q.n || a.n != b.n || memcmp(a.s, b.s, a.n) != 0)
		fail("printed, and other words", text.s);
	for (i = 0; i < p.n; i++)
		if (p.v[i].argc != q.v[i].argc)
			fail("printed, and another number", text.s);
	pipe_free(&p);
	pipe_free(&q);
	buf_free(&text);
	buf_free(&a);
	buf_free(&b);
}

/* A text of bytes that mean something, quotes more often closed than not. */
static void
random_text(struct buf *b)
{
	static const char *const part[] = {
		"a", "b", "1", "=", "-", " ", "  ", "\t", "'", "\"", "\\",
		"'a b'", "\"a b\"", "'\"'", "\"'\"", "\\'", "\\\"", "\\ ",
		"\\\\", "\"\\$\"", "\"\\\\\"", "\"\\a\"", "''", "\"\"", "#",
		"~", "\\#", "\\~", "!", "}", "\\\n", "'$x `y` *'", "%", ".",
		"'\n'", "\"\n\"", "]", "+", "\\|", "'|'", ";", "$", "*", "{"
	};
	size_t n = 1 + below(10);

	buf_addc(b, 'a');
	while (n-- > 0)
		buf_adds(b, part[below(sizeof part / sizeof part[0])]);
	buf_addc(b, '\0');
}

/* What sh makes of the same commands, as show_pipe writes it, a line of its own behind each. */
static void
ask_shell(const char *script, struct buf *b)
{
	int fd[2], status;
	char *to;
	ssize_t k;
	pid_t pid;

	if (pipe(fd) < 0)
		fail("pipe", "failed");
	if ((pid = fork()) < 0)
		fail("fork", "failed");
	if (pid == 0) {
		if (dup2(fd[1], 1) < 0)
			_exit(126);
		close(fd[0]);
		close(fd[1]);
		execlp("sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	for (;;) {
		to = buf_room(b, 65536);
		if ((k = read(fd[0], to, 65536)) <= 0)
			break;
		b->n += (size_t)k;
	}
	close(fd[0]);
	if (k < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		fail("sh: a text was taken that it refuses", script);
}

/* A command with its arguments that means the same to sh: no newline outside quotes. */
static bool
random_command(struct buf *text, struct buf *words)
{
	struct buf why = { 0 };
	struct pipe p;
	bool ok;
	char *s;

	random_text(text);
	s = mem_copy(text->s, text->n);
	for (text->n = 0; text->s[text->n] != '\0'; text->n++)
		if (text->s[text->n] == '\n')
			text->s[text->n] = ';';
	ok = pipe_parse(&p, text->s, &why) == 0;
	if (ok)
		pipe_free(&p);
	memcpy(text->s, s, text->n);
	if (ok && (ok = pipe_parse(&p, text->s, &why) == 0)) {
		ok = p.n == 1 && strcmp(p.v[0].argv[0], "a") == 0;
		if (ok)
			show_pipe(&p, words);
		pipe_free(&p);
	}
	free(s);
	buf_free(&why);
	return ok;
}

static void
try_shell(void)
{
	static const char head[] = "a() { printf '<a>'; "
	    "[ $# -eq 0 ] || printf '<%s>' \"$@\"; }\n";
	struct buf script = { 0 }, mine = { 0 }, sh = { 0 };
	struct buf text[SHELLS] = { { 0 } };
	size_t end[SHELLS];
	size_t i;

	buf_adds(&script, head);
	for (i = 0; i < SHELLS; i++) {
		do
			text[i].n = 0;
		while (!random_command(&text[i], &mine));
		end[i] = mine.n;
		buf_adds(&script, text[i].s);
		buf_adds(&script, "\n");
	}
	buf_addc(&script, '\0');
	ask_shell(script.s, &sh);
	for (i = 0; i < SHELLS; i++)
		if (sh.n < end[i] || memcmp(sh.s, mine.s, end[i]) != 0)
			fail("sh reads other words", text[i].s);
	if (sh.n != mine.n)
		fail("sh reads more words", text[SHELLS - 1].s);
	for (i = 0; i < SHELLS; i++)
		buf_free(&text[i]);
	buf_free(&script);
	buf_free(&mine);
	buf_free(&sh);
}

int
main(int argc, char **argv)
{
	int i;

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);
	printf("prop_pipe: seed %" PRIu64 "\n", state);
	try_tables();
	try_tool();
	for (i = 0; i < ROUNDS; i++)
		try_words();
	for (i = 0; i < 40; i++)
		try_shell();
	return 0;
}
