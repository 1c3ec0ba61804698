# The pipeline as an image: a self-contained program on an image with nothing but its system libraries, not as root.
# docker compose up -d builds and starts it on a Redis of its own, see docs/DOCKER.md.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source

# amd64 or arm64, set by BuildKit; the classic builder leaves it empty and builds for the machine it runs on.
ARG TARGETARCH
RUN case "${TARGETARCH:-$(uname -m)}" in \
        amd64 | x86_64) echo linux-x64 ;; \
        arm64 | aarch64) echo linux-arm64 ;; \
        *) echo "No build for ${TARGETARCH:-$(uname -m)}; expected amd64 or arm64." >&2; exit 1 ;; \
    esac >/runtime

# What a restore depends on comes first, so that a change of the sources does not repeat it.
# global.json stays outside: here the image says which SDK it is.
COPY Directory.Build.props Directory.Packages.props ./
COPY TradeOs.Bus/TradeOs.Bus.csproj TradeOs.Bus/
COPY TradeOs.Stages/TradeOs.Stages.csproj TradeOs.Stages/
COPY TradeOs.Host/TradeOs.Host.csproj TradeOs.Host/
RUN dotnet restore TradeOs.Host --runtime "$(cat /runtime)"

COPY appsettings.json .editorconfig ./
COPY TradeOs.Bus/ TradeOs.Bus/
COPY TradeOs.Stages/ TradeOs.Stages/
COPY TradeOs.Host/ TradeOs.Host/
# A newer SDK may know new warnings: test.sh is where they are errors, an image is built with them.
RUN dotnet publish TradeOs.Host --no-restore --configuration Release --runtime "$(cat /runtime)" --self-contained \
        -p:TreatWarningsAsErrors=false --output /image/app && mkdir /image/data

FROM ${RUNTIME_IMAGE}
# The id that the .NET images reserve for programs; a number, so that any base image will do.
COPY --from=build --chown=1654:1654 /image/data /data
COPY --from=build /image/app /app
USER 1654:1654
ENV PATH="/app:${PATH}" TRADEOS_Data__Directory=/data
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["/app/tradeos", "status"]
ENTRYPOINT ["/app/tradeos"]
CMD ["run"]
