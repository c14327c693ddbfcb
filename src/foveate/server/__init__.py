"""HTTP: routes, errors to statuses, admission. The only home of starlette, fastapi and uvicorn."""
