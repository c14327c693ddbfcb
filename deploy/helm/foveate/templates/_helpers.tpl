{{- define "foveate.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "foveate.chosen" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "foveate.labels" -}}
{{ include "foveate.chosen" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "foveate.claim" -}}
{{ .Values.cache.existingClaim | default (printf "%s-cache" (include "foveate.name" .)) }}
{{- end }}

{{- define "foveate.state" -}}
{{- if or .Values.state.persistent .Values.state.existingClaim }}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled (gt (int .Values.replicas) 1) }}
{{- fail "Expected one pod where there is state, got more: set autoscaling.enabled=false, keda.enabled=false and replicas=1. The queue of jobs and the ledger are files that pods cannot share." }}
{{- end }}
{{- .Values.state.existingClaim | default (printf "%s-state" (include "foveate.name" .)) }}
{{- end }}
{{- end }}

{{- define "foveate.secret" -}}
{{- if .Values.existingSecret }}{{ .Values.existingSecret }}
{{- else if .Values.secrets }}{{ include "foveate.name" . }}{{ end }}
{{- end }}
