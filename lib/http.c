#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "curlfn.h"
#include "dec.h"
#include "http.h"

#define ANSWER_MOST ((size_t)64 << 20)
#define TRIES 3
#define PAUSE 100		/* ms before the second try, four times that before the third */
#define MEDIA "application/vnd.schemaregistry.v1+json"

struct http {
	const struct regconf *conf;
	const struct curlfn *fn;
	CURL *curl;
	struct curl_slist *head;
	char **url, **say;	/* say: without user and password */
	size_t n;
	size_t turn, last;	/* of url, the one that is asked first, that was asked last */
	struct buf answer, tmp;
	char error[CURL_ERROR_SIZE];
	char why[768];
};

static size_t
on_data(char *s, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	(void)size;		/* it is 1 */
	if (h->answer.n + n > ANSWER_MOST)
		return 0;
	buf_add(&h->answer, s, n);
	return n;
}

/* scheme://user:password@host is not for messages or names of files. */
static char *
url_say(const char *url)
{
	const char *host = strstr(url, "://"), *at;
	struct buf b = { 0 };

	host = host != NULL ? host + 3 : url;
	at = memchr(host, '@', strcspn(host, "/"));
	buf_add(&b, url, (size_t)(host - url));
	buf_adds(&b, at != NULL ? at + 1 : host);
	buf_addc(&b, '\0');
	return b.s;
}

static void
urls_split(struct http *h, const char *urls)
{
	size_t n, end;

	for (;; urls += n + 1) {
		n = strcspn(urls, ",");
		for (end = n; end > 0 && (urls[end - 1] == '/' ||
		    urls[end - 1] == ' '); end--)
			;
		if (end > 0) {
			h->url = mem_grow(h->url, h->n + 1, sizeof *h->url);
			h->say = mem_grow(h->say, h->n + 1, sizeof *h->say);
			h->url[h->n] = mem_copy(urls + strspn(urls, " "),
			    end - strspn(urls, " "));
			h->say[h->n] = url_say(h->url[h->n]);
			h->n++;
		}
		if (urls[n] == '\0')
			return;
	}
}

/* What does not fail but by lack of memory. */
static void
http_set(struct http *h)
{
	const struct regconf *c = h->conf;
	int64_t ms = c->timeout > 0 ? c->timeout : REGCONF_TIMEOUT;
	__typeof__(curl_easy_setopt) *set = h->fn->easy_setopt;
	CURL *u = h->curl;

	set(u, CURLOPT_NOSIGNAL, 1L);
	set(u, CURLOPT_PROTOCOLS_STR, "http,https");
	set(u, CURLOPT_TIMEOUT_MS, (long)ms);
	set(u, CURLOPT_CONNECTTIMEOUT_MS, (long)ms);
	set(u, CURLOPT_ERRORBUFFER, h->error);
	set(u, CURLOPT_WRITEFUNCTION, on_data);
	set(u, CURLOPT_WRITEDATA, h);
	set(u, CURLOPT_HTTPHEADER, h->head);
	set(u, CURLOPT_USERAGENT, "weir");
	if (c->user != NULL) {
		set(u, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		set(u, CURLOPT_USERPWD, c->user);
	}
	if (c->token != NULL) {
		set(u, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		set(u, CURLOPT_XOAUTH2_BEARER, c->token);
	}
	if (c->ca != NULL)
		set(u, CURLOPT_CAINFO, c->ca);
	if (c->cert != NULL)
		set(u, CURLOPT_SSLCERT, c->cert);
	if (c->key != NULL)
		set(u, CURLOPT_SSLKEY, c->key);
	if (c->keypass != NULL)
		set(u, CURLOPT_KEYPASSWD, c->keypass);
}

struct http *
http_new(const char *urls, const struct regconf *conf)
{
	struct http *h = mem_alloc(sizeof *h);

	h->conf = conf;
	h->fn = curlfn_load();
	urls_split(h, urls);
	if (h->fn->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (h->curl = h->fn->easy_init()) == NULL ||
	    (h->head = h->fn->slist_append(NULL, "Accept: " MEDIA)) == NULL ||
	    h->fn->slist_append(h->head, "Content-Type: " MEDIA) == NULL)
		mem_none();
	http_set(h);
	return h;
}

void
http_free(struct http *h)
{
	size_t i;

	h->fn->slist_free_all(h->head);
	h->fn->easy_cleanup(h->curl);
	for (i = 0; i < h->n; i++) {
		free(h->url[i]);
		free(h->say[i]);
	}
	free(h->url);
	free(h->say);
	buf_free(&h->answer);
	buf_free(&h->tmp);
	free(h);
}

const char *
http_url(const struct http *h)
{
	return h->n > 0 ? h->say[0] : "";
}

const char *
http_last(const struct http *h)
{
	return h->say[h->last];
}

char *
http_escape(struct http *h, const char *s)
{
	char *raw = h->fn->easy_escape(h->curl, s, (int)strlen(s)), *own;

	if (raw == NULL)
		mem_none();
	own = mem_copy(raw, strlen(raw));
	h->fn->free(raw);
	return own;
}

/* What another try may mend. */
static bool
code_istemp(CURLcode k)
{
	switch (k) {
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_WRITE_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		return false;
	default:
		return true;
	}
}

/* One try at one server: its status, or DEC_TEMP or DEC_FATAL. */
static int
http_try(struct http *h, const char *path, const struct buf *body)
{
	long status = 0;
	CURLcode k;

	h->tmp.n = h->answer.n = 0;
	h->last = h->turn;
	buf_adds(&h->tmp, h->url[h->turn]);
	buf_adds(&h->tmp, path);
	buf_addc(&h->tmp, '\0');
	*h->error = '\0';
	h->fn->easy_setopt(h->curl, CURLOPT_URL, h->tmp.s);
	if (body != NULL) {
		h->fn->easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)body->n);
		h->fn->easy_setopt(h->curl, CURLOPT_POSTFIELDS, body->s);
	} else {
		h->fn->easy_setopt(h->curl, CURLOPT_HTTPGET, 1L);
	}
	k = h->fn->easy_perform(h->curl);
	if (k == CURLE_OUT_OF_MEMORY)
		mem_none();
	if (k != CURLE_OK) {
		snprintf(h->why, sizeof h->why, "the registry %.256s: %.256s",
		    http_last(h),
		    *h->error != '\0' ? h->error : h->fn->easy_strerror(k));
		return code_istemp(k) ? DEC_TEMP : DEC_FATAL;
	}
	h->fn->easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	buf_room(&h->answer, 1);
	return (int)status;
}

int
http_ask(struct http *h, const char *path, const struct buf *body,
    const struct buf **answer, const char **why)
{
	int try, k = DEC_FATAL, pause = PAUSE;
	size_t i;

	snprintf(h->why, sizeof h->why, "the registry has no URL");
	*why = h->why;
	*answer = &h->answer;
	for (try = 0; try < TRIES; try++, pause *= 4) {
		for (i = 0; i < h->n; i++) {
			k = http_try(h, path, body);
			/* too many requests, or the server's own trouble */
			if (k != DEC_TEMP && k != 429 && k < 500)
				return k;
			h->turn = (h->turn + 1) % h->n;
		}
		if (try + 1 < TRIES && h->n > 0)
			poll(NULL, 0, pause);
	}
	return k;
}
