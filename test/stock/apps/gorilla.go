// As the README of gorilla/sessions shows: a CookieStore, Get, Values, Save; MaxAge = -1 deletes, as the docs of Options say.
package main

import (
	"net/http"
	"os"

	"github.com/gorilla/sessions"
)

var store = sessions.NewCookieStore([]byte(os.Getenv("SESSION_KEY")))

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>Stock</title>"))
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		session, _ := store.Get(r, "session-name")
		if session.Values["user"] == nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("user") != "alice" || r.PostFormValue("password") != os.Getenv("STOCK_PASSWORD") {
			http.Error(w, "wrong", http.StatusUnauthorized)
			return
		}
		change(w, r, func(session *sessions.Session) { session.Values["user"] = "alice" })
	})
	mux.HandleFunc("POST /note", func(w http.ResponseWriter, r *http.Request) {
		change(w, r, func(session *sessions.Session) { session.Values["note"] = r.PostFormValue("note") })
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		change(w, r, func(session *sessions.Session) { session.Options.MaxAge = -1 })
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), mux)
}

func change(w http.ResponseWriter, r *http.Request, fill func(*sessions.Session)) {
	session, _ := store.Get(r, "session-name")
	fill(session)
	if err := session.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
