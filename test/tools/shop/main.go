// The program of the three-tier application, FOR TESTS: `web` asks `api`, `api` asks `database`, which keeps what it is told in a file.
// What it is, is the name by which it is started. Each also listens on ports that nobody declared, so that a port that cannot be
// reached is closed by a policy, and not because nothing is there.
//
//	web dial HOST:PORT…   tries to connect, and says how that ended
//	web scan ADDRESS      says which of its ports answer
//	web status            says what the kernel holds the process to
package main

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

var undeclared = []string{":8081", ":9999", ":15432"}

func main() {
	if len(os.Args) > 1 {
		command(os.Args[1], os.Args[2:])
		return
	}
	for _, address := range undeclared {
		go func() {
			_ = http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "undeclared") }))
		}()
	}
	client := &http.Client{Timeout: 5 * time.Second}
	switch filepath.Base(os.Args[0]) {
	case "web":
		serve(":8080", forward(client, func() (string, string) { return os.Getenv("API_URL"), "" }))
	case "api":
		serve(":8080", forward(client, func() (string, string) { return "http://" + os.Getenv("DATABASE_HOST") + ":5432", password() }))
	case "database":
		serve(":5432", database("/var/lib/data/values.json"))
	default:
		fmt.Fprintln(os.Stderr, "start it as web, api or database")
		os.Exit(2)
	}
}

func serve(address string, handler http.Handler) {
	fmt.Fprintln(os.Stderr, http.ListenAndServe(address, handler))
	os.Exit(1)
}

func password() string {
	text, _ := os.ReadFile("/run/secrets/database/password")
	return string(text)
}

// forward hands a question on to the next tier.
func forward(client *http.Client, next func() (string, string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base, secret := next()
		request, err := http.NewRequestWithContext(r.Context(), r.Method, base+r.URL.RequestURI(), r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		request.Header.Set("X-Password", secret)
		response, err := client.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	})
}

// database keeps values under keys: PUT and GET /?key=…
func database(file string) http.Handler {
	var lock sync.Mutex
	values := map[string]string{}
	if text, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(text, &values)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Password")), []byte(password())) != 1 || password() == "" {
			http.Error(w, "wrong password", http.StatusForbidden)
			return
		}
		lock.Lock()
		defer lock.Unlock()
		key := r.URL.Query().Get("key")
		if r.Method == http.MethodPut {
			body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
			values[key] = string(body)
			if err := keep(file, values); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		fmt.Fprint(w, values[key])
	})
}

func keep(file string, values map[string]string) error {
	text, err := json.Marshal(values)
	if err != nil {
		return err
	}
	out, err := os.Create(file + ".new")
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.Write(text); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

func command(name string, args []string) {
	switch name {
	case "dial":
		var wait sync.WaitGroup
		results := make([]string, len(args))
		for i, target := range args {
			wait.Add(1)
			go func() { defer wait.Done(); results[i] = target + " " + dial(target) }()
		}
		wait.Wait()
		fmt.Println(strings.Join(results, "\n"))
	case "scan":
		scan(args[0])
	case "status":
		status()
	case "get", "put":
		ask(name, args)
	default:
		fmt.Fprintln(os.Stderr, "dial, scan, status, get or put")
		os.Exit(2)
	}
}

func dial(target string) string {
	connection, err := net.DialTimeout("tcp", target, 2*time.Second)
	var dns *net.DNSError
	switch {
	case err == nil:
		connection.Close()
		return "open"
	case errors.As(err, &dns):
		return "no-name"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	default:
		return "closed"
	}
}

// scan says which of all ports of an address answer.
func scan(address string) {
	open := make([]bool, 65536)
	next := make(chan int)
	var wait sync.WaitGroup
	for range 4000 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for port := range next {
				connection, err := net.DialTimeout("tcp", net.JoinHostPort(address, fmt.Sprint(port)), time.Second)
				if err == nil {
					connection.Close()
				}
				open[port] = err == nil
			}
		}()
	}
	for port := 1; port < 65536; port++ {
		next <- port
	}
	close(next)
	wait.Wait()
	for port, answers := range open {
		if answers {
			fmt.Println(port)
		}
	}
}

// ask puts or gets a value through the whole application: URL KEY [VALUE].
func ask(name string, args []string) {
	method, body := http.MethodGet, io.Reader(nil)
	if name == "put" {
		method, body = http.MethodPut, strings.NewReader(args[2])
	}
	request, err := http.NewRequest(method, args[0]+"/?key="+url.QueryEscape(args[1]), body)
	if err == nil {
		var response *http.Response
		if response, err = (&http.Client{Timeout: 10 * time.Second}).Do(request); err == nil {
			text, _ := io.ReadAll(response.Body)
			fmt.Printf("%d %s\n", response.StatusCode, text)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func status() {
	seen := map[string]string{}
	text, _ := os.ReadFile("/proc/1/status")
	for _, line := range strings.Split(string(text), "\n") {
		if name, value, found := strings.Cut(line, ":"); found {
			switch name {
			case "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "Seccomp", "NoNewPrivs":
				seen[name] = strings.Join(strings.Fields(value), " ")
			}
		}
	}
	mounts, _ := os.ReadFile("/proc/1/mountinfo")
	for _, line := range strings.Split(string(mounts), "\n") {
		if fields := strings.Fields(line); len(fields) > 5 && fields[4] == "/" {
			seen["Root"] = strings.Split(fields[5], ",")[0]
		}
	}
	err := os.WriteFile("/written", nil, 0o600)
	seen["WriteToRoot"] = "written"
	if err != nil {
		seen["WriteToRoot"] = "refused"
	}
	if _, err := os.Stat("/var/run/secrets/kubernetes.io/serviceaccount/token"); err == nil {
		seen["Token"] = "mounted"
	} else {
		seen["Token"] = "none"
	}
	out, _ := json.Marshal(seen)
	fmt.Println(string(out))
}
