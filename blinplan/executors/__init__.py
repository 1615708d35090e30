"""Who does the work: threads, processes, copies of this process, and other machines that somebody gives."""
