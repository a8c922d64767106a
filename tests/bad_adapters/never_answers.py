"""Says hello, and nothing else."""
from honest import serve

serve(lambda request: "")
