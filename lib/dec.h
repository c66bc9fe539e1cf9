/* dec - decodes csv, tsv, json and line records into escaped, typed fields */
#ifndef DEC_H
#define DEC_H
#include "head.h"
#include "io.h"
#include "snap.h"

struct dec;
struct lane;			/* what belongs to one of several files that are read in turn */

/* Columns of -f that do not come from the payload but from the message around it. */
enum meta { META_NONE, META_KEY, META_TOPIC, META_PARTITION, META_OFFSET, META_TIMESTAMP, META_HEADER };

/*
 * format "csv" "tsv" "json" "line"; fields: the -f option or NULL; header: -H.
 * A bad -f or an unknown format is a usage error: message, exit 2.
 * kafka: names that start with _key _topic … are meta columns (and only known
 * ones may start with '_' and these words).
 */
struct dec *dec_new(const char *format, const char *fields, bool header, bool kafka);
void dec_free(struct dec *);
bool dec_csv(const struct dec *);	/* the reader must be set to csv: in.sep ',', in.csv true */

/* dec_read is for one file after the other; or, for several at a time, each has a lane. */
struct lane *dec_lane(const struct dec *);
void dec_restart(struct lane *);	/* its file begins anew: a record that was open is forgotten */
void dec_use(struct dec *, struct lane *);	/* dec_read and what follows it are for that file now */

/*
 * Columns are known from the start (-f, line, json), or after the header line
 * or the first record.  Then time names the column that becomes column 1 (NULL
 * or not there: the time comes from elsewhere) and its name is taken out of
 * the others: fields[0] is its text, fields[1…] are the others in order.
 */
bool dec_known(const struct dec *);
size_t dec_ncol(const struct dec *);		/* others, without the time column */
int dec_bind(struct dec *, const char *time);	/* -1: no such column */
void dec_head(const struct dec *, const char *time, struct head *);	/* what goes into #fields; time: column 1's name */
enum meta dec_meta(const struct dec *, size_t i, const char **name);	/* column i from 1; name: the header's, META_HEADER */
struct field *dec_fields(struct dec *);		/* [0, ncol]; the caller fills meta columns */

struct field dec_time(const struct dec *);	/* dec_fields()[0] */
/*
 * For a record of dec_read whose time is in ms: if it can go on as the line
 * that it was, true, and the record is now one as read (its time and from are
 * left alone); the raw text has changed then.
 */
bool dec_asread(struct dec *, struct rec *);
/*
 * A meta column's value (s NULL: null), checked and escaped into dec_fields;
 * after dec_payload.  0, or -1 and *why.
 */
int dec_setmeta(struct dec *, size_t i, const char *, size_t, const char **why);

/*
 * The next record of a file.  1: in dec_fields, valid until the next call; 0:
 * end of file; -1: bad, *why says so (valid until the next call) and reading
 * can go on with the record behind it; 2: header line or first record has been
 * seen, columns are now known: bind, then call again at once; 3: lines are
 * needed that are not there yet: in_fill, then call again.  raw is the whole
 * record as it stood in the file, without its line end.  A last line without
 * LF counts; a BOM at the start of each file is skipped.  A header line that
 * is bad or is not that of the first file: message, exit 1.
 */
int dec_read(struct dec *, struct in *, struct field *raw, const char **why);
const struct origin *dec_from(const struct dec *);	/* of the record's first line */
/* The same for a message: 1, -1 or (columns not known yet) 2.  One line end behind it is left out (csv, tsv). */
int dec_payload(struct dec *, const char *, size_t, const char **why);

/* The position of a lane's file, for in_seek: where the record starts that is still open, else where in is. */
void dec_place(const struct lane *, const struct in *, int64_t *offset, int64_t *line);
/* The columns, where the data told them. */
void dec_save(const struct dec *, struct snap *);
bool dec_load(struct dec *, const struct rec *);	/* false: it is another record */
#endif
