/* dec - decodes records of a format into escaped, typed fields */
#ifndef DEC_H
#define DEC_H
#include "head.h"
#include "io.h"
#include "snap.h"

struct dec;
struct dec_format;		/* decfmt.h */
struct plain;
struct lane;			/* what belongs to one of several files that are read in turn */
struct registry;

/* Columns of -f that do not come from the payload but from the message around it. */
enum meta {
	META_NONE, META_KEY, META_TOPIC, META_PARTITION, META_OFFSET, META_TIMESTAMP, META_HEADER,
	/* an envelope's, see envelope.h */
	META_TSTYPE, META_HEADERS, META_HEADERS64, META_KEYTEXT, META_KEY64, META_PAYLOAD, META_PAYLOAD64
};

extern const struct dec_format *const dec_all[];	/* what sread and kcat-in have, ended by NULL */

struct dec_opts {
	const struct dec_format *const *formats;
	const char *spec;	/* -s: a format's name, and maybe ":ARG" */
	const char *fields;	/* -f, or NULL */
	bool header;		/* -H */
	/*
	 * Records are messages: names that start with _key _topic ... are meta
	 * columns (and only known ones may start with '_' and these words).
	 */
	bool kafka;
	struct registry *registry;	/* of schemas; may be NULL */
	const char *topics;	/* of the messages, for messages */
};

/* A bad -f or an unknown format is a usage error: message, exit 2.  spec, topics, registry are borrowed. */
struct dec *dec_new(const struct dec_opts *);
void dec_free(struct dec *);
void dec_setup(const struct dec *, struct in *);	/* a reader for this format's files, behind in_init or in_reset */

/* dec_read is for one file after the other; or, for several at a time, each has a lane. */
struct lane *dec_lane(const struct dec *);
void dec_restart(const struct dec *, struct lane *);	/* its file begins anew: a record that was open is forgotten */
void dec_use(struct dec *, struct lane *);	/* dec_read and what follows it are for that file now */

/*
 * Columns are known from the start (-f, line, json), or after the header line
 * or the first record.  Then time names the column that becomes column 1 (NULL
 * or not there: the time comes from elsewhere) and its name is taken out of
 * the others: fields[0] is its text, fields[1…] are the others in order.
 */
const char *dec_timename(const struct dec *);	/* the column that is the time unless -T says otherwise; NULL: none */
bool dec_known(const struct dec *);
size_t dec_ncol(const struct dec *);		/* others, without the time column */
int dec_bind(struct dec *, const char *time);	/* -1: no such column */
void dec_head(const struct dec *, const char *time, struct head *);	/* what goes into #fields; time: column 1's name */
enum meta dec_meta(const struct dec *, size_t i, const char **name);	/* column i from 1; name: the header's, META_HEADER */
struct field *dec_fields(struct dec *);		/* [0, ncol]; the caller fills meta columns */

struct field dec_time(const struct dec *);	/* dec_fields()[0] */
/*
 * A meta column's value (s NULL: null), checked and escaped into dec_fields;
 * after dec_payload.  0, or -1 and *why.
 */
int dec_setmeta(struct dec *, size_t i, const char *, size_t, const char **why);

/*
 * The next record of a file.  1: in dec_fields, valid until the next call; 0:
 * end of file; -1: bad, *why says so (valid until the next call) and reading
 * can go on with the record behind it; 2: header line or first record has been
 * seen, columns are now known: bind, then call again at once; 3: more bytes
 * are needed than there are yet: in_fill, then call again.  raw is the whole
 * record as it stood in the file, without its line end.  A last line without
 * LF counts; a BOM at the start of each file is skipped.  A header line that
 * is bad or is not that of the first file: message, exit 1.
 */
int dec_read(struct dec *, struct in *, struct field *raw, const char **why);
/*
 * Where the time is a number of ms, before dec_read: what plain_take needs for
 * the lines that can go on as they stand, until dec_read is called; NULL: the
 * next one cannot.
 */
const struct plain *dec_plain(const struct dec *, const struct in *);
const struct origin *dec_from(const struct dec *);	/* of the record's first line, or the record's number */
/*
 * The same for a message: 1, -1 or (columns not known yet) 2; or one of these,
 * when it is not the message's fault and the tool must end: *why says how.
 * One line end behind it is left out (csv, tsv).
 */
enum { DEC_FATAL = -2, DEC_TEMP = -3 };		/* with status EXIT_BAD, EXIT_TEMP */
int dec_payload(struct dec *, const char *, size_t, const char **why);

/* The position of a lane's file, for in_seek: where the record starts that is still open, else where in is. */
void dec_place(const struct lane *, const struct in *, int64_t *offset, int64_t *line);
/* The columns, where the data told them. */
void dec_save(const struct dec *, struct snap *);
bool dec_load(struct dec *, const struct rec *);	/* false: it is another record */
#endif
