//go:build tools

// Package tools names the program that is built, so that its modules stay in go.mod.
package tools

import _ "github.com/containerd/containerd/v2/cmd/containerd"
