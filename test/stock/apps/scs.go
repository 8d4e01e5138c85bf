// As the README of scs shows: LoadAndSave around the routes, RenewToken at login, Destroy at logout.
package main

import (
	"net/http"
	"os"

	"github.com/alexedwards/scs/v2"
)

func main() {
	sessions := scs.New()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>Stock</title>"))
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		if sessions.GetString(r.Context(), "user") == "" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("user") != "alice" || r.PostFormValue("password") != os.Getenv("STOCK_PASSWORD") {
			http.Error(w, "wrong", http.StatusUnauthorized)
			return
		}
		if err := sessions.RenewToken(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		sessions.Put(r.Context(), "user", "alice")
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("POST /note", func(w http.ResponseWriter, r *http.Request) {
		sessions.Put(r.Context(), "note", r.PostFormValue("note"))
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.Destroy(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), sessions.LoadAndSave(mux))
}
