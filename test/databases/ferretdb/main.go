// Runs FerretDB, a server for the MongoDB wire protocol, on SQLite files: it stands for MongoDB where none can be had.
// A program of our own, because the stock command refuses to start unless it was built inside its repository, and
// sends telemetry. The embeddable package does neither. What FerretDB lacks is made good in gate.go.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "TCP address")
	data := flag.String("data", "", "folder for the SQLite files and a socket; it must exist")
	flag.Parse()

	// Errors only: FerretDB's warnings repeat whole commands, with what they store.
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	socket := filepath.Join(*data, "ferretdb.sock")
	_ = os.Remove(socket) // left behind by a killed process
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Logger:    log,
		Handler:   "sqlite",
		SQLiteURL: "file:" + *data + "/",
	})
	exitOn(log, err)

	front, err := net.Listen("tcp", *listen)
	exitOn(log, err)
	go newGate(socket).serve(front)
	exitOn(log, server.Run(ctx))
}

func exitOn(log *slog.Logger, err error) {
	if err != nil {
		log.Error("FerretDB does not run", "reason", err)
		os.Exit(1)
	}
}
