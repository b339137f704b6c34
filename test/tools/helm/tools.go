//go:build tools

// Package helm pins the version of Helm that charts are rendered with in the tests.
package helm

import _ "helm.sh/helm/v3/cmd/helm"
