/* decfmt - how a format plugs into dec: its functions, and what of dec they may use */
#ifndef DECFMT_H
#define DECFMT_H
#include "dec.h"
#include "plain.h"
#include "row.h"
#include "spec.h"

/*
 * A file that is being read.  A format that needs more than its raw record keeps
 * it in own; {0} but for raw when a file begins.
 */
struct lane {
	struct raw raw;		/* the record at hand: record and from always, the rest for texts */
	void *own;
	bool begun;		/* the format's read has been called for this file */
	bool heading;		/* texts: the next record is a file's header line */
	bool again;		/* texts: a call that is to follow at once: it must not wait */
	bool held;		/* dec's: the record in raw has not been handed out */
	bool between;		/* dec's: behind a record, and before another */
};

struct dec {
	const struct dec_format *format;
	struct dec_opts opts;
	const char *arg;	/* what stands behind the format's name and ':'; or NULL */
	bool named;		/* columns were named by -f */
	struct row row;		/* row.cols: the columns */
	struct plain plain;
	void *own;		/* the format's */
	struct lane *lane;	/* of the file, or message, at hand */
	char why[512];		/* for messages that have to be put together */
	/* texts' */
	struct cols first;	/* the first file's header */
	size_t want;		/* fields of a record; 0: not known */
	/* the rest is dec.c's own */
	bool known;
	ptrdiff_t time;		/* the column bound as time, or -1 */
	struct lane lane1;
};

/*
 * What a format is.  Functions that are not needed are NULL.  Their returns:
 * those of dec_read and dec_payload; where a number is not listed, it is not
 * allowed.  What raw.record and dec->why hold lives until the next call.
 */
struct dec_format {
	struct spec spec;
	const char *time;	/* the column that is the time unless -T says otherwise, or NULL */
	bool header;		/* -H is known */
	bool paths;		/* -f may have a path behind the =, also without -H */
	bool kinds;		/* and types of its own: open says what the columns' are */
	/* how a file is read: by lines and separators as in io.h, or as bytes */
	bool bytes;
	bool csv;		/* dec_csv's alone */
	bool lines;		/* a line may go on as it stands, see plain.h */
	enum format cut;	/* how raw_read cuts lines */

	/*
	 * Before anything is read: -f's columns are in row.cols; without -f those
	 * that are known without a record are added.  Bad: message, exit 2 (an
	 * option) or 1 (a file that it names).
	 */
	void (*open)(struct dec *);
	void (*close)(struct dec *);
	/* Without -f: adds the columns, which the first record, in raw, tells. */
	void (*columns)(struct dec *);
	/* Types and places (`to`) are known, and stay. */
	void (*bound)(struct dec *);
	/* Cuts the next record of a file out, into lane->raw.  1 0 -1 3, and 2: columns are now known, no record. */
	int (*read)(struct dec *, struct in *, const char **why);
	/* For text_read: the line in raw is blank, and to be left out. */
	bool (*blank)(const struct dec *);
	/* The same for a message.  1 -1 DEC_FATAL DEC_TEMP. */
	int (*message)(struct dec *, const char *, size_t, const char **why);
	/* The record in raw into row.f, see row.h.  1 -1. */
	int (*row)(struct dec *, const char **why);
	void (*lane_free)(struct lane *);	/* what own holds; own is to be NULL then */
	/* The columns, where the data told them; load: false, it is another record. */
	void (*save)(const struct dec *, struct snap *);
	bool (*load)(struct dec *, const struct rec *);
};

extern const struct dec_format dec_proto, dec_thrift;

/* A column of -f that the format's own columns or paths are for, no meta column. */
static inline bool
col_own(const struct col *c)
{
	return c->meta == META_NONE;
}
#endif
