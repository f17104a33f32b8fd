
@task
def empty():
    return None, [], None


@task
def echo():
    return None, [], plan.part("plan")


@task
def work():
    state = 1
    for _ in range(20000):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
    return None, [], state
